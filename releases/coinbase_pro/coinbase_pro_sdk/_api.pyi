from ._runtime.api import API, Clock, ErrorBody
from ._runtime.auth import HeaderKey, HmacSignature
from .operations import TIME
from .resources.orders import GET as ORDERS_GET
__all__ = ['THE_API']
THE_API = API(package='coinbase_pro_sdk', version='1.0.0', client='CoinbasePro', base_url='https://api.pro.coinbase.com', environment='COINBASE_PRO', credentials=('key', 'secret', 'passphrase'), schemes={'key': HeaderKey('CB-ACCESS-KEY', 'key'), 'signature': HmacSignature('CB-ACCESS-SIGN', 'CB-ACCESS-TIMESTAMP', 'secret', ('timestamp', 'method', 'target', 'body')), 'passphrase': HeaderKey('CB-ACCESS-PASSPHRASE', 'passphrase')}, error_body=ErrorBody(message=('message',), code=(), data=()), shown_parameters=('after', 'before', 'end', 'granularity', 'level', 'limit', 'order_id', 'product_id', 'start', 'status'), clock=Clock('time', 'epoch', (400, 401), 'request timestamp expired'), own_operations={'time': TIME, 'orders.get': ORDERS_GET})
