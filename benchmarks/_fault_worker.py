"""The worker process killed in the middle of jobs: each job is run again, its effect is there once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connections

from anxin.kit import jobs
from anxin.kit.again import take_up_abandoned
from benchmarks import _fault_ground as ground

JOBS, KILLS, GONE_AFTER_S, PATIENCE_S = 200, 3, 20.0, 150.0
LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.draw_bill' AND status {}"


def start() -> subprocess.Popen[bytes]:
    """The worker as the supervisor starts it."""
    src = Path(__file__).resolve().parents[1] / "src"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(src), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(
        [sys.executable, "-m", "anxin.config.process", "worker"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip


def end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(15)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def run(made: Any, *, number: int = JOBS) -> ground.Found:
    orders = ground.served(made, number)
    for order in orders:
        jobs.defer("payments.draw_bill", lock=f"order:{order.pk}", order_id=str(order.pk))
    connections.close_all()
    dice, kills, caught, taken_up = random.Random(1), 0, 0, 0
    worker = start()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and (waiting := ground.count(LEFT.format("IN ('todo', 'doing')"))):
        # It is killed while it works, not while it starts.
        if kills < KILLS and waiting < number * (1 - kills / (KILLS + 1)):
            time.sleep(dice.uniform(0, 0.05))
            worker.kill()
            worker.wait()
            kills += 1
            caught += ground.count(LEFT.format("= 'doing'")) > taken_up
            worker = start()
        elif ground.count(LEFT.format("= 'todo'")):
            time.sleep(0.01)
        else:
            time.sleep(1)
        taken_up += take_up_abandoned(gone_after_s=GONE_AFTER_S)
    end(worker)
    drawn = "SELECT count({}) FROM payments_bill WHERE order_id = ANY(%s)"
    keys = [order.pk for order in orders]
    once = ground.count(drawn.format("DISTINCT order_id"), [keys])
    return ground.Found(
        "worker killed in the middle of jobs",
        sent=number,
        acknowledged=number,
        found=once,
        wrong={
            "bills drawn twice": ground.count(drawn.format("*"), [keys]) - once,
            "jobs left undone": ground.count(LEFT.format("IN ('todo', 'doing', 'failed')")),
        } | ground.unsound(),
        told=[f"{kills} kills (SIGKILL), {taken_up} jobs found abandoned and run again"],
    )  # fmt: skip
