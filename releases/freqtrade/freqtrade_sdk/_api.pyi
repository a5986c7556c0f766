from ._runtime.api import API, ErrorBody
from ._runtime.auth import Basic, Bearer, BearerArgument
from .resources.token import LOGIN as TOKEN_LOGIN
from .resources.token import REFRESH as TOKEN_REFRESH
__all__ = ['THE_API']
THE_API = ...
