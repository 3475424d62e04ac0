import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.geo import RING_KM, Cells, cell_of, centre, distance_km

lat = st.floats(-90, 90)
lon = st.floats(-180, 180)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((52.52, 13.405), (48.8566, 2.3522), 877.46),  # Berlin, Paris
        ((0, 179.9), (0, -179.9), 22.24),  # across the date line
        ((89.9, 0), (89.9, 180), 22.24),  # across the pole
        ((0, 0), (0, 180), 20_015.11),
    ],
)
def test_distances(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(*one, *other) == pytest.approx(km, abs=0.01)


@given(lat, lon)
def test_a_point_lies_in_its_cell(lat: float, lon: float) -> None:
    cell = cell_of(lat, lon)
    assert cell is not None
    middle = centre(cell)
    assert distance_km(lat, lon, *middle) < 0.8
    assert cell_of(*middle) == cell


@pytest.mark.parametrize("point", [(91, 0), (-90.001, 0), (float("nan"), 0), (0, float("inf"))])
def test_what_is_no_point_has_no_cell(point: tuple[float, float]) -> None:
    assert cell_of(*point) is None


def test_longitudes_wrap() -> None:
    assert cell_of(10, 180) == cell_of(10, -180) == cell_of(10, 540)


near_edges = st.one_of(st.floats(-90, 90), st.floats(89, 90), st.floats(-90, -89))
near_date_line = st.one_of(st.floats(-180, 180), st.floats(179, 180), st.floats(-180, -179))


@given(
    st.lists(st.tuples(near_edges, near_date_line), max_size=30),
    near_edges,
    near_date_line,
    st.sampled_from([0.5, 5, 25, 500, 5_000, 15_000, 21_000]),
)
def test_a_circle_has_the_cells_that_are_near_enough(
    points: list[tuple[float, float]], lat: float, lon: float, radius: float
) -> None:
    names = {cell for cell in (cell_of(*point) for point in points) if cell}
    rings = Cells(names).within(lat, lon, radius)
    found = {cell: ring.number for ring in rings for cell in ring.cells}
    expected = {cell: distance_km(lat, lon, *centre(cell)) for cell in names}
    assert found == {cell: round(km / RING_KM) for cell, km in expected.items() if km <= radius}
    assert [ring.number for ring in rings] == sorted(set(found.values()))
