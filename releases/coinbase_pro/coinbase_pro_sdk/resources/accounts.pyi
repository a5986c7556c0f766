import builtins
from uuid import UUID
from .._runtime.arguments import Text, Uid, Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Pagination, Parameter
from .._runtime.pages import AsyncPage, Page
from .._runtime.rules import NotTogether
from ..models import Account, Hold, LedgerEntry
__all__ = ['AccountsResource', 'AsyncAccountsResource', 'AsyncRawAccountsResource', 'RawAccountsResource']

class AccountsResource(Resource):

    def list(self) -> builtins.list[Account]:
        ...

    def get(self, account_id: UUID | str) -> Account:
        ...

    def history(self, account_id: UUID | str, *, limit: int | None=None, before: str | None=None, after: str | None=None) -> Page[LedgerEntry]:
        ...

    def holds(self, account_id: UUID | str, *, limit: int | None=None, before: str | None=None, after: str | None=None) -> Page[Hold]:
        ...

class AsyncAccountsResource(AsyncResource):

    async def list(self) -> builtins.list[Account]:
        ...

    async def get(self, account_id: UUID | str) -> Account:
        ...

    async def history(self, account_id: UUID | str, *, limit: int | None=None, before: str | None=None, after: str | None=None) -> AsyncPage[LedgerEntry]:
        ...

    async def holds(self, account_id: UUID | str, *, limit: int | None=None, before: str | None=None, after: str | None=None) -> AsyncPage[Hold]:
        ...

class RawAccountsResource:

    def __init__(self, resource: AccountsResource) -> None:
        ...

class AsyncRawAccountsResource:

    def __init__(self, resource: AsyncAccountsResource) -> None:
        ...
