"""What the pages of planning take from their addresses."""

from __future__ import annotations

from enum import StrEnum

from api import fields


class Measure(StrEnum):
    """What the map of a province shows."""

    COVER = "cover"
    COVERAGE = "coverage"
    READINESS = "readiness"


class MapQuery(fields.Strict):
    """Which figure, and of which province; the ministry sees all provinces without one."""

    measure = fields.Kind(Measure, data_key="ukuran", load_default=Measure.COVER)
    province = fields.code(data_key="provinsi", load_default=None)


class ScopeQuery(fields.Strict):
    """Of which province, and how far ahead."""

    province = fields.code(data_key="provinsi", load_default=None)
    within_days = fields.QueryInt(data_key="hari", load_default=30, validate=fields.between(1, 366))


class AllocationQuery(fields.Strict):
    """Within which province, and for whom the first row is."""

    province = fields.code(data_key="provinsi", load_default=None)
    to_office = fields.code(data_key="ke", load_default=None)
