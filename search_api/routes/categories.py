"""/categories: the taxonomy."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from index.taxonomy import CATEGORIES
from search_api.deps import no_parameters
from search_api.problems import responses

router = APIRouter(tags=["categories"])


class CategoryItem(BaseModel):
    """A kind of work."""

    id: str = Field(description="what the filter `category` takes")
    name: str = Field(description="for people")


class CategoryList(BaseModel):
    """All kinds of work."""

    items: list[CategoryItem] = Field(description="in the order of the taxonomy")


@router.get(
    "/categories",
    summary="Kinds of work",
    response_model=CategoryList,
    responses=responses(422),
    dependencies=[Depends(no_parameters)],
)
def list_categories() -> CategoryList:
    """All categories, in the order of the taxonomy."""
    return CategoryList(items=[CategoryItem(id=category.id, name=category.name) for category in CATEGORIES.values()])
