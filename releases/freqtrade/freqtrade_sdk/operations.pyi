from ._runtime.arguments import Amount, Items, OneKindOf, Text, Whole
from ._runtime.operation import Operation, Parameter
from .models import Balance, Blacklist, Config, Count, Daily, DeletedTrade, Edge, OpenTrade, Performance, Profit, Result, Status, Trade, TradeList, Version, Whitelist
__all__ = ['BALANCE', 'BLACKLIST', 'BLACKLIST_ADD', 'COUNT', 'DAILY', 'DELETE_TRADE', 'EDGE', 'FORCEBUY', 'FORCESELL', 'PERFORMANCE', 'PING', 'PROFIT', 'RELOAD_CONFIG', 'SHOW_CONFIG', 'START', 'STATUS', 'STOP', 'STOPBUY', 'TRADES', 'VERSION', 'WHITELIST']
