"""What goes over the wire about stations."""

from typing import Literal

from pydantic import ConfigDict, Field

from app.web.fields import Out, Query
from app.web.paging import Listed


class StationsQuery(Query):
    """`?road=G30&q=` of the list."""

    road: str = Field("", max_length=20, description="路号；`G30` 也会找到与别的路共线的 `G22/G30`")
    q: str = Field("", max_length=50, description="站名、编号或路号里的字")


class StationPath(Query):
    """The station's code in the path."""

    code: str = Field(max_length=20, description="例如 `GS001`")


class SideOut(Out):
    """One side; `heading` is null where nobody has confirmed it: a guess misdirects rescuers."""

    side: Literal["A", "B"]
    heading: str | None = Field(description="往哪个方向，例如 `往兰州`；没核实为 null")


class BasicOut(Out):
    """One of the five free basics and when that was last known."""

    state: Literal["ok", "limited", "out", "unknown"]
    as_of: str | None = Field(description="何时得知；从未得知为 null")


class BasicsOut(Out):
    """The five free basics of a 司机之家."""

    parking: BasicOut
    hot_water: BasicOut
    meal_heating: BasicOut
    shower: BasicOut
    laundry: BasicOut


class StationOut(Out):
    """A service area with its two sides."""

    code: str
    name: str
    road: str = Field(description="路号；共线的写 `G22/G30`")
    km_post: str | None = Field(description="桩号；`~` 为约数，`-` 连接的是一段，不知道为 null")
    prefecture: str
    lat: float = Field(description="约为 WGS-84")
    lon: float = Field(description="约为 WGS-84")
    position_confidence: Literal["high", "medium", "low"]
    example: bool = Field(description="示例数据：站名、位置未经核实")
    status: Literal["open", "limited", "closed"]
    sides: list[SideOut]
    basics: BasicsOut


class StationPhones(Out):
    """The station's own telephones; `example` marks made-up ones."""

    duty: str | None
    medical: str | None
    example: bool


class SpokenAddress(Out):
    """How to say on the telephone where one is."""

    side: Literal["A", "B"]
    text: str


class StationCard(StationOut):
    """A station with its telephones and what other rooms show on its card."""

    model_config = ConfigDict(extra="allow")
    phones: StationPhones
    spoken: list[SpokenAddress]


class StationList(Listed[StationOut]):
    """All stations asked for; they are few, so there is no second page."""
