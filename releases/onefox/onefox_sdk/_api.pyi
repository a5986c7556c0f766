from ._runtime.api import API, Envelope, ErrorBody
from ._runtime.auth import QueryKey
__all__ = ['THE_API']
THE_API = ...
