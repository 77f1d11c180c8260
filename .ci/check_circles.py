"""Finds files of a crate that import each other, directly or around a circle. Reads `use` lines and inline `crate::` paths."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A statement, or a path within an expression.
USE = re.compile(r"^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+((?:crate|self|super)\b[^;]*);", re.M)
INLINE = re.compile(r"\b((?:crate|super)(?:::\w+)+)")
TESTS = re.compile(r"^#\[cfg\(test\)\]\s*\n(?:#\[[^\n]*\n)*mod \w+ \{.*", re.M | re.S)
COMMENT = re.compile(r"//[^\n]*")


def main() -> None:
    circles = [circle for source in sorted(ROOT.glob("*/*/src")) for circle in circles_of(source)]
    for circle in circles:
        print("circle of files: " + " → ".join(str(file.relative_to(ROOT)) for file in circle))
    if circles:
        sys.exit("move what two files need from each other into a file below both")
    print("no circle of files")


def circles_of(source: Path) -> list[list[Path]]:
    """The circles among the modules of the crate with this source folder."""
    modules = {module_of(source, file): file for file in source.rglob("*.rs") if file.name != "main.rs"}
    edges = {module: imports(modules, module, file) - {module} for module, file in modules.items()}
    return [[modules[module] for module in circle] for circle in strongly_connected(edges)]


def module_of(source: Path, file: Path) -> tuple[str, ...]:
    return () if file == source / "lib.rs" else file.relative_to(source).with_suffix("").parts


def imports(modules: dict, module: tuple, file: Path) -> set[tuple]:
    text = TESTS.sub("", COMMENT.sub("", file.read_text()))
    paths = [path for tree in USE.findall(text) for path in expand(re.sub(r"\s+as\s+\w+|\s+", "", tree))]
    paths += [path.split("::") for path in INLINE.findall(USE.sub("", text))]
    return {found for path in paths if (found := resolve(modules, module, path)) is not None}


def expand(tree: str) -> list[list[str]]:
    """`a::{b, c::{d, e}}` as the paths that it stands for."""
    head, brace, rest = tree.partition("{")
    if not brace:
        return [tree.split("::")]
    parts, depth, start = [], 0, 0
    rest = rest[: rest.rindex("}")]
    for at, sign in enumerate(rest + ","):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            parts.append(rest[start:at])
            start = at + 1
    return [path for part in parts if part for path in expand(head + part)]


def resolve(modules: dict, module: tuple, path: list[str]) -> tuple | None:
    """The file that a path leads into: the longest prefix of it that is a module with a file."""
    names = list(module) if path[0] in ("self", "super") else []
    for name in path:
        if name == "super":
            names = names[:-1]
        elif name not in ("crate", "self"):
            names.append(name.removeprefix("r#"))
    for length in range(len(names), 0, -1):
        if tuple(names[:length]) in modules:
            return tuple(names[:length])
    # An item of the crate's root is a re-export: what it stands for is found through the path that names it.
    return None


def strongly_connected(edges: dict) -> list[list[tuple]]:
    """Tarjan's algorithm; only components with more than one member."""
    index, low, stack, found = {}, {}, [], []

    def visit(node: tuple) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for to in sorted(edges[node]):
            if to not in index:
                visit(to)
                low[node] = min(low[node], low[to])
            elif to in stack:
                low[node] = min(low[node], index[to])
        if low[node] == index[node]:
            component = [stack.pop()]
            while component[-1] != node:
                component.append(stack.pop())
            if len(component) > 1:
                found.append(component[::-1])

    sys.setrecursionlimit(10_000)
    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


if __name__ == "__main__":
    main()
