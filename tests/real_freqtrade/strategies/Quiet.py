"""A strategy for a bot that is only told what to do: Edge finds signals in its past, the present never has any."""

from freqtrade.strategy.interface import IStrategy

# Newest candles without a signal.
_QUIET = 24


class Quiet(IStrategy):
    INTERFACE_VERSION = 2
    minimal_roi = {"0": 9.0}  # noqa: RUF012
    stoploss = -0.1
    timeframe = "5m"
    startup_candle_count = 0

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_buy_trend(self, dataframe, metadata):
        dataframe["buy"] = (_past(dataframe) & (dataframe.index % 16 == 0)).astype(int)
        return dataframe

    def populate_sell_trend(self, dataframe, metadata):
        dataframe["sell"] = (_past(dataframe) & (dataframe.index % 16 == 8)).astype(int)
        return dataframe


def _past(dataframe):
    return dataframe.index < len(dataframe) - _QUIET
