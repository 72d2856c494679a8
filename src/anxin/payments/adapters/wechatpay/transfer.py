"""Money to a person's WeChat (商家转账): what the channel tells of one transfer. The person confirms it in WeChat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The channel's scene for paying damages (企业赔付); it wants the ground in these words.
SCENE = "1011"
GROUND = "赔付原因"
PATH = "/v3/fund-app/mch-transfer/transfer-bills"
WAITING = ("ACCEPTED", "PROCESSING", "WAIT_USER_CONFIRM", "TRANSFERING", "CANCELING")


@dataclass(frozen=True)
class TransferTold:
    """One transfer as the channel tells it. `package` is what the person's WeChat needs to show it for confirmation."""

    out_bill_no: str
    state: str
    transfer_bill_no: str = ""
    amount_fen: int | None = None
    openid: str = ""
    package: str = ""
    reason: str = ""

    @property
    def waits(self) -> bool:
        """Whether nothing is decided yet."""
        return self.state in WAITING


def read_transfer(told: Mapping[str, Any]) -> TransferTold:
    """A transfer from the channel's JSON, of an answer or a notice."""
    amount = told.get("transfer_amount")
    if amount is not None and (not isinstance(amount, int) or isinstance(amount, bool)):
        raise ValueError("no amount of fen")
    return TransferTold(
        out_bill_no=str(told["out_bill_no"]),
        state=str(told["state"]),
        transfer_bill_no=str(told.get("transfer_bill_no", "")),
        amount_fen=amount,
        openid=str(told.get("openid", "")),
        package=str(told.get("package_info", "")),
        reason=str(told.get("fail_reason", "")),
    )
