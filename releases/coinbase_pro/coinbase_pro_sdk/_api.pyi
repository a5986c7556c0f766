from ._runtime.api import API, Clock, ErrorBody
from ._runtime.auth import HeaderKey, HmacSignature
from .operations import TIME
from .resources.orders import GET as ORDERS_GET
__all__ = ['THE_API']
THE_API = ...
