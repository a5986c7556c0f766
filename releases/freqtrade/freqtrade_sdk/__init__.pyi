from typing import TYPE_CHECKING
from ._runtime.lazy import on_first_use
if TYPE_CHECKING:
    from msgspec import UNSET
    from . import errors, models
    from ._runtime.client import RawResponse
    from ._runtime.encode import to_json
    from ._runtime.pages import AsyncPage, Page
    from .async_client import AsyncFreqtrade
    from .client import Freqtrade
__all__ = ['UNSET', 'AsyncFreqtrade', 'AsyncPage', 'Freqtrade', 'Page', 'RawResponse', '__version__', 'errors', 'models', 'to_json']
