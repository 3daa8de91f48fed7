"""A cable with a delay: carries frames between two interfaces, each after its time.

    cable.py NEAR FAR

Reads its settings as lines of JSON, {"delayMs", "jitterMs", "loss", "cut"}, and ends with its input. Both sockets pass
the kernel's note about unfinished checksums and segments along with each frame (PACKET_VNET_HDR), so that large
segments stay whole and throughput stays high; PACKET_IGNORE_OUTGOING keeps a socket from reading what it sent.
"""

import heapq
import json
import os
import random
import select
import socket
import sys
import time

SOL_PACKET = 263
PACKET_VNET_HDR = 15
PACKET_IGNORE_OUTGOING = 23
ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
BUFFER_BYTES = 8 << 20
# A segment before segmentation, its headers, and the kernel's note.
LARGEST_FRAME = 70_000
# Frames read at a stretch before those that are due go out.
BATCH = 64


def attach(interface):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    end.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    try:
        end.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    except PermissionError:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    end.bind((interface, ETH_P_ALL))
    end.setblocking(False)
    return end


def settings(stream, unfinished, current):
    """The newest complete line of settings; None at the end of the input."""
    chunk = os.read(stream, 65536)
    if not chunk:
        return None, b""
    *lines, unfinished = (unfinished + chunk).split(b"\n")
    return (json.loads(lines[-1]) if lines else current), unfinished


def main():
    near, far = (attach(name) for name in sys.argv[1:3])
    ways = {near: (far, "down"), far: (near, "up")}
    control, unfinished = sys.stdin.fileno(), b""
    now = {"delayMs": 0, "jitterMs": 0, "loss": 0, "cut": "none"}
    under_way, number = [], 0
    print("ready", flush=True)
    while True:
        pause = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        readable, _, _ = select.select([near, far, control], [], [], pause)
        if control in readable:
            now, unfinished = settings(control, unfinished, now)
            if now is None:
                return
            readable.remove(control)
        for end in readable:
            other, direction = ways[end]
            for _ in range(BATCH):
                try:
                    frame = end.recv(LARGEST_FRAME)
                except OSError:
                    break
                if now["cut"] in (direction, "both") or random.random() < now["loss"]:
                    continue
                due = time.monotonic() + (now["delayMs"] + random.random() * now["jitterMs"]) / 1000
                number += 1
                heapq.heappush(under_way, (due, number, other, frame))
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, other, frame = heapq.heappop(under_way)
            try:
                other.send(frame)
            except OSError:
                pass  # The interface is down, or its queue full: a frame lost, as on any cable.


main()
