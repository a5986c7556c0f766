from typing import TYPE_CHECKING
from .._runtime.lazy import on_first_use
if TYPE_CHECKING:
    from .token import AsyncRawTokenResource, AsyncTokenResource, RawTokenResource, TokenResource
__all__ = ['AsyncRawTokenResource', 'AsyncTokenResource', 'RawTokenResource', 'TokenResource']
