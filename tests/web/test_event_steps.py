"""The steps of an event, for who may take them and for who may not."""

from __future__ import annotations

from datetime import timedelta

from inventory import clock


def test_who_may_not_start_an_event_reads_who_may(browses, calls):
    day = clock.business_day("Asia/Jakarta") + timedelta(days=3)
    plan = {
        "name": "Jebol", "kind": "village", "host_office": "15.03", "starts_on": f"{day}", "ends_on": f"{day}",
        "opens_at": "08:00", "closes_at": "16:00",
    }  # fmt: skip
    boss = browses("coordinator", "15.03")
    address = f"/koordinasi/kegiatan/{calls('coordinator', '15').post('/events', plan)['id']}"
    asks = "Yang boleh memulai acara ini: "
    assert asks not in boss.get(address).words
    assert f"{asks}coordinator@15.03 (koordinator)" in browses("clerk", "15.03").get(address).words
