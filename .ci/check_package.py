"""Checks functions' binaries as Lambda will get them: small enough to load quickly, and with no need of a newer glibc."""

import re
import sys
import zlib
from pathlib import Path

# Per function, zipped: the size of the download is part of every cold start.
MAX_ZIPPED = {"StreamFunction": 8_000_000, "BackfillFunction": 12_000_000}
# Of provided.al2023.
LAMBDA_GLIBC = (2, 34)


def main() -> None:
    for package in sys.argv[1:]:
        check(Path(package))


def check(package: Path) -> None:
    binary = package.read_bytes()
    zipped = len(zlib.compress(binary, 6))
    versions = {tuple(map(int, found.split(b"."))) for found in re.findall(rb"GLIBC_(\d+\.\d+)", binary)}
    newest = max(versions, default=(0, 0))
    print(f"{package.parent.name}: {len(binary):,} bytes, {zipped:,} zipped, needs glibc {newest[0]}.{newest[1]}")
    limit = MAX_ZIPPED[package.parent.name]
    if zipped > limit:
        sys.exit(f"the package is over {limit:,} bytes zipped: see what `cargo tree -e normal` has gained")
    if newest > LAMBDA_GLIBC:
        sys.exit("provided.al2023 has glibc {}.{}: build with cargo-lambda's zig".format(*LAMBDA_GLIBC))


if __name__ == "__main__":
    main()
