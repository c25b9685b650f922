"""Collecting from nbgrader's exchange: what somebody hands in under another's name stays there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

Record = dict[str, Any]


class CollectFromOwners(ExchangeCollect):
    """nbgrader's own, which warns of a submission that is another account's and then takes it.

    It takes the newest under a name, so it would even leave the sender's own aside for it.
    """

    src_records: list[Record]

    def copy_files(self) -> None:
        """Collect what is the sender's own."""
        self.src_records = [record for record in self.src_records if self._is_own(record)]
        super().copy_files()

    def _sort_by_timestamp(self, records: list[Record]) -> list[Record]:
        own = [record for record in records if self._is_own(record)]
        for record in records:
            if record not in own:
                self.log.warning(
                    "Left out %s: it says that it is from %s, and belongs to %s. Where all "
                    "students share one account, set c.ExchangeCollect.check_owner = False.",
                    Path(self.inbound_path, record["filename"]),
                    record["username"],
                    self._owner(record) or "nobody on this machine",
                )
        newest: list[Record] = super()._sort_by_timestamp(own or records)
        return newest

    def _is_own(self, record: Record) -> bool:
        return not self.check_owner or self._owner(record) == record["username"]

    def _owner(self, record: Record) -> str:
        try:
            return Path(self.inbound_path, record["filename"]).owner()
        except (KeyError, NotImplementedError):  # no such account; Windows, which has no exchange
            return ""
