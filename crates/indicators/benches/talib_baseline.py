#!/usr/bin/env python3
"""Measures TA-Lib's C functions on the bars of benches/best_of.rs, for comparison with the column `batch` there.

    python3 -m venv venv && venv/bin/pip install TA-Lib numpy
    CANDLEWICK_TALIB_PYTHON=venv/bin/python cargo bench -p indicators --bench best_of

The wheel brings the C library along. It is called without Python in between: outputs are allocated beforehand and one
call covers all bars. (Our batch allocates its outputs, so the comparison favours TA-Lib.) Prints nanoseconds per bar, the
best of many calls. Where one of our indicators takes several calls of TA-Lib, their sum is printed.
"""

import ctypes
import glob
import os
import time

import numpy
import talib

BARS = 10_000
REPETITIONS = 300


def market():
    """The same random walk as the benchmark's: xorshift64, prices near 100."""
    state, close = 0x9E3779B97F4A7C15, 100.0
    columns = numpy.empty((4, BARS))

    def uniform():
        nonlocal state
        state ^= (state << 13) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 7
        state ^= (state << 17) & 0xFFFFFFFFFFFFFFFF
        return (state >> 11) / float(1 << 53)

    for index in range(BARS):
        opened = close
        close *= 1.0 + (uniform() - 0.5) * 0.01
        high = max(opened, close) * (1.0 + uniform() * 0.002)
        low = min(opened, close) * (1.0 - uniform() * 0.002)
        columns[:, index] = high, low, close, uniform() * 1_000.0
    return columns


def library():
    packages = os.path.dirname(os.path.dirname(talib.__file__))
    found = glob.glob(os.path.join(packages, "ta_lib.libs", "libta*"))
    if not found:
        raise SystemExit(f"no TA-Lib library beside the Python package in {packages}: install the wheel, not the source")
    loaded = ctypes.CDLL(found[0])
    loaded.TA_Initialize()
    return loaded


HIGH, LOW, CLOSE, VOLUME = market()
C = library()


def call(name, inputs, parameters, outputs):
    pointer = ctypes.POINTER(ctypes.c_double)
    buffers = [numpy.empty(BARS) for _ in range(outputs)]
    begin, count = ctypes.c_int(), ctypes.c_int()
    arguments = [ctypes.c_int(0), ctypes.c_int(BARS - 1)]
    arguments += [column.ctypes.data_as(pointer) for column in inputs]
    arguments += [ctypes.c_double(p) if isinstance(p, float) else ctypes.c_int(p) for p in parameters]
    arguments += [ctypes.byref(begin), ctypes.byref(count)]
    arguments += [buffer.ctypes.data_as(pointer) for buffer in buffers]
    function = getattr(C, "TA_" + name)
    best = float("inf")
    for _ in range(REPETITIONS):
        started = time.perf_counter_ns()
        code = function(*arguments)
        best = min(best, time.perf_counter_ns() - started)
        assert code == 0, f"{name} failed with {code}"
    return best / BARS


HLC = (HIGH, LOW, CLOSE)
ROWS = {
    "sma:20": [("SMA", (CLOSE,), (20,), 1)],
    "ema:20": [("EMA", (CLOSE,), (20,), 1)],
    "wma:20": [("WMA", (CLOSE,), (20,), 1)],
    "rsi:14": [("RSI", (CLOSE,), (14,), 1)],
    "macd:12:26:9": [("MACD", (CLOSE,), (12, 26, 9), 3)],
    "bb:20:2": [("BBANDS", (CLOSE,), (20, 2.0, 2.0, 0), 3)],
    "atr:14": [("ATR", HLC, (14,), 1)],
    "stoch:14:3:3": [("STOCH", HLC, (14, 3, 0, 3, 0), 2)],
    "adx:14": [("ADX", HLC, (14,), 1), ("PLUS_DI", HLC, (14,), 1), ("MINUS_DI", HLC, (14,), 1)],
    "adx:14 (ADX alone)": [("ADX", HLC, (14,), 1)],
    "cci:14": [("CCI", HLC, (14,), 1)],
    "mfi:14": [("MFI", (HIGH, LOW, CLOSE, VOLUME), (14,), 1)],
    "willr:14": [("WILLR", HLC, (14,), 1)],
    "roc:10": [("ROC", (CLOSE,), (10,), 1)],
    "obv": [("OBV", (CLOSE, VOLUME), (), 1)],
    "sar:0.02:0.2": [("SAR", (HIGH, LOW), (0.02, 0.2), 1)],
    "sma:200": [("SMA", (CLOSE,), (200,), 1)],
    "bb:200:2": [("BBANDS", (CLOSE,), (200, 2.0, 2.0, 0), 3)],
    "stoch:200:3:3": [("STOCH", HLC, (200, 3, 0, 3, 0), 2)],
    "cci:200": [("CCI", HLC, (200,), 1)],
    "willr:200": [("WILLR", HLC, (200,), 1)],
}

if __name__ == "__main__":
    print(f"TA-Lib {talib.__ta_version__.decode()}, {BARS} bars, ns per bar")
    for label, calls in ROWS.items():
        print(f"{label:20} {sum(call(*one) for one in calls):7.2f}")
