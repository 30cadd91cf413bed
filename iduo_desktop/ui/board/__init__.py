"""The coordinators' board: how the day goes, in bars that open the list behind them."""
