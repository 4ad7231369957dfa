"""The fewest forms that two ways of sorting let anybody isolate: a least cut of a graph.

Blocks and parts are nodes, the forms that lie in both are an edge. A sum of released sums gives
each node a weight (its potential); a form is left over where its two nodes' potentials differ.
Those with one value of the potential, against all others, cut a part of the same edges: so the
fewest forms that any sum isolates are the least cut of the graph that is not 0. What is not told
(unnamed officers, months with few answers) has the potential 0 and is one node, the ground.

Nagamochi and Ibaraki (1992): in an order in which each next node is the one most tied to those
before it, an edge scanned at strength q joins nodes that no cut below q parts. Such nodes become
one, and the last node's own edges are a cut; every round joins some, until a narrow cut is found.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from heapq import heappop, heappush
from typing import TypeVar

from feedback_app.domain.disclosure.groups import MIN_GROUP

Node = TypeVar("Node", bound=Hashable)
Graph = dict[int, dict[int, int]]  # node -> its neighbours -> forms in both


def narrow_side(edges: Iterable[tuple[Node, Node, int]]) -> tuple[frozenset[Node], frozenset[Node]]:
    """A cut of one to nine forms: the two sides of a connected part of the graph, or two of none.

    Edges of 0 forms join nothing.
    """
    names = dict[Node, int]()
    graph: Graph = {}
    for one, other, forms in edges:
        if forms and one != other:
            a, b = (names.setdefault(name, len(names)) for name in (one, other))
            for x, y in ((a, b), (b, a)):
                row = graph.setdefault(x, {})
                row[y] = row.get(y, 0) + forms
    named = {number: name for name, number in names.items()}
    for part in _connected(graph):
        side = _narrow_in({node: graph[node] for node in part})
        if side:
            one_side = frozenset(named[node] for node in side)
            return one_side, frozenset(named[node] for node in part) - one_side
    return frozenset(), frozenset()


def _connected(graph: Graph) -> list[set[int]]:
    left, parts = set(graph), []
    while left:
        reached, open_ends = set[int](), [min(left)]
        while open_ends:
            node = open_ends.pop()
            if node not in reached:
                reached.add(node)
                open_ends += graph[node]
        left -= reached
        parts.append(reached)
    return parts


def _narrow_in(graph: Graph) -> set[int]:
    """One side of a narrow cut of a connected graph; empty where there is none."""
    members = {node: {node} for node in graph}
    while len(graph) > 1:
        last, strength, tied = _scan(graph)
        if strength < MIN_GROUP:
            return members[last]
        graph, members = _joined(graph, members, tied)
    return set()


def _scan(graph: Graph) -> tuple[int, int, list[tuple[int, int]]]:
    """The last node of the order, its edges' forms, and pairs that no narrow cut parts."""
    strength = dict.fromkeys(graph, 0)
    done, tied = set[int](), list[tuple[int, int]]()
    heap = [(0, min(graph))]
    last = heap[0][1]
    while heap:
        _negative, node = heappop(heap)
        if node in done:
            continue
        done.add(node)
        last = node
        for other, forms in graph[node].items():
            if other not in done:
                strength[other] += forms
                heappush(heap, (-strength[other], other))
                if strength[other] >= MIN_GROUP:
                    tied.append((node, other))
    return last, strength[last], tied


def _joined(
    graph: Graph, members: dict[int, set[int]], tied: list[tuple[int, int]]
) -> tuple[Graph, dict[int, set[int]]]:
    """The graph with tied nodes as one."""
    above = {node: node for node in graph}

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for one, other in tied:
        above[top(other)] = top(one)
    fewer: Graph = {}
    gathered: dict[int, set[int]] = {}
    for node, row in graph.items():
        own = top(node)
        gathered.setdefault(own, set()).update(members[node])
        joined = fewer.setdefault(own, {})
        for other, forms in row.items():
            far = top(other)
            if far != own:
                joined[far] = joined.get(far, 0) + forms
    return fewer, gathered
