from ._runtime.api import API, ErrorBody
from ._runtime.auth import Basic, Bearer, BearerArgument
from .resources.token import LOGIN as TOKEN_LOGIN
from .resources.token import REFRESH as TOKEN_REFRESH
__all__ = ['THE_API']
THE_API = API(package='freqtrade_sdk', version='1.0.0', client='Freqtrade', base_url='http://127.0.0.1:8080', environment='FREQTRADE', credentials=('username', 'password'), schemes={'basic': Basic('username', 'password'), 'bearer': Bearer('token.login', 'token.refresh', 'access_token', 'refresh_token', ('username', 'password')), 'refreshToken': BearerArgument('refresh_token')}, error_body=ErrorBody(message=('error', 'msg', 'reason', 'status'), code=('code',)), shown_parameters=('limit', 'timescale'), own_operations={'token.login': TOKEN_LOGIN, 'token.refresh': TOKEN_REFRESH})
