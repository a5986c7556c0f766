from typing import TYPE_CHECKING
from .._runtime.lazy import on_first_use
if TYPE_CHECKING:
    from .market import AsyncMarketResource, AsyncRawMarketResource, MarketResource, RawMarketResource
    from .order import AsyncOrderResource, AsyncRawOrderResource, OrderResource, RawOrderResource
    from .position import AsyncPositionResource, AsyncRawPositionResource, PositionResource, RawPositionResource
    from .quota import AsyncQuotaResource, AsyncRawQuotaResource, QuotaResource, RawQuotaResource
    from .user import AsyncRawUserResource, AsyncUserResource, RawUserResource, UserResource
__all__ = ['AsyncMarketResource', 'AsyncOrderResource', 'AsyncPositionResource', 'AsyncQuotaResource', 'AsyncRawMarketResource', 'AsyncRawOrderResource', 'AsyncRawPositionResource', 'AsyncRawQuotaResource', 'AsyncRawUserResource', 'AsyncUserResource', 'MarketResource', 'OrderResource', 'PositionResource', 'QuotaResource', 'RawMarketResource', 'RawOrderResource', 'RawPositionResource', 'RawQuotaResource', 'RawUserResource', 'UserResource']
