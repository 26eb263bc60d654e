"""Print a run of `psoas bench`: `python benchmarks/bench_chain.py [frames]`; 2000 frames unless told otherwise."""

import sys

from psoas.bench.run import bench

result = bench(frames=int(sys.argv[1]) if len(sys.argv) > 1 else 2000, quick=True)
print(result.title)
for table in result.tables:
    print(f"\n{table.title}\n  {' | '.join(table.columns)}")
    for row in table.shown():
        print(f"  {' | '.join(row)}")
    print(f"  {table.note}")
