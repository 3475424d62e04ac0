"""What scrapyd-deploy builds its egg from. The egg holds no code, it names the settings: crawlers need packages and
data files that an egg can't hold, so Gigdex itself is installed with pip on every machine that crawls."""

from setuptools import setup

setup(
    name="gigdex-crawlers",
    version="1.0",
    packages=[],
    py_modules=[],
    entry_points={"scrapy": ["settings = crawlers.settings"]},
)
