"""Stock work over REST."""

from tests.builders import receipt


def test_a_receipt_puts_what_was_counted_on_hand_beside_the_papers_figure(calls, exact):
    clerk = calls("clerk", "15.03")
    made = clerk.post("/receipts", receipt("15.03-UTAMA", 4_998, paper_quantity=5_000))
    assert (made["quantity"], made["paper_quantity"], made["difference"]) == (4_998, 5_000, -2)
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 4_998


def test_the_same_key_and_body_make_one_receipt(calls, exact):
    clerk = calls("clerk", "15.03")
    first = clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="once")
    assert clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="once") == first
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 10


def test_the_same_key_with_another_body_is_refused(calls, exact):
    clerk = calls("clerk", "15.03")
    clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="once")
    problem = clerk.post("/receipts", receipt("15.03-UTAMA", 11), 409, key="once")
    assert problem["code"] == "idempotency_key_reused"


def test_without_a_key_nothing_is_moved(calls):
    clerk = calls("clerk", "15.03")
    assert clerk.post("/receipts", receipt("15.03-UTAMA", 10), 400, key=None)["code"] == "idempotency_key_missing"
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 0
