"""Mount targets of a region: port 2049 of an address answers with the id of its file system. mount-targets.py SHARED

SHARED/mount-targets holds a line each: ADDRESS ID. Where SHARED/denied/ID exists, the answer is "denied".
"""
import asyncio
import pathlib
import subprocess
import sys

shared = pathlib.Path(sys.argv[1])


async def serve(address, id_):
    subprocess.run(["ip", "addr", "add", f"{address}/24", "dev", "region"], check=True)

    async def answer(_, writer):
        denied = (shared / "denied" / id_).exists()
        writer.write(b"denied\n" if denied else f"{id_}\n".encode())
        try:
            await writer.drain()
        finally:
            writer.close()

    return await asyncio.start_server(answer, address, 2049)


async def main():
    lines = (shared / "mount-targets").read_text().split("\n")
    servers = [await serve(*line.split()) for line in lines if line]
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main())
