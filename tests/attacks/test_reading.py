"""What a submission can see of the host, of other work and of the tests: nothing."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import pytest

from app import engine
from tests.attacks.hostile import SOLUTION, grade, printed

pytestmark = pytest.mark.usefixtures("untouched")


@pytest.mark.usefixtures("either_executor")
class TestReading:
    def test_nothing_of_the_host_can_be_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = f"BANYAN-SECRET-{secrets.token_hex(8)}"
        (tmp_path / "other-submission.ipynb").write_text(secret)
        monkeypatch.setenv("SOME_TOKEN", secret)
        result = grade(
            "import glob, os, re\n"
            "found = glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline')\n"
            "for folder, below, files in os.walk('/'):\n"
            "    skip = ('usr', 'sys', 'proc', 'python3.11', 'share')\n"
            "    below[:] = [name for name in below if name not in skip]\n"
            "    found += [os.path.join(folder, name) for name in files]\n"
            "for path in found:\n"
            "    try:\n"
            "        if not os.path.isfile(path): continue\n"
            "        with open(path, 'rb') as file: raw = file.read(100_000)\n"
            "    except OSError: continue\n"
            "    for secret in re.findall(rb'BANYAN-SECRET-[0-9a-f]{16}', raw):\n"
            "        print(path, secret)\n"
            f"for path in ('/etc/shadow', '{tmp_path}', '{Path.cwd()}/app', '/root/.bashrc',"
            " '/proc/1/environ', '/proc/1/root/etc/shadow', '/home', '/var', '/run/hub'):\n"
            "    print(path, os.path.exists(path) and (os.path.isfile(path) or os.listdir(path)))\n"
            + SOLUTION,
            limits=engine.Limits(cell_seconds=20, output_bytes=200_000),
        )
        assert result.state == "graded"
        seen = printed(result)
        assert secret not in seen
        assert "/etc/shadow False" in seen
        assert f"{tmp_path} False" in seen
        assert f"{Path.cwd()}/app False" in seen

    def test_no_test_is_on_the_disk_or_in_memory_before_it_runs(self) -> None:
        result = grade(
            "import os\nfound = []\n"
            "for folder, _, files in os.walk('/home'):\n    found += files\n"
            "print('files', [name for name in found if name.endswith('.ipynb')])\n"
            "memory = open('/proc/self/maps').read().splitlines()\n"
            "import re\nseen = 0\n"
            "with open('/proc/self/mem', 'rb', 0) as raw:\n"
            "    for line in memory:\n"
            "        start, end = (int(n, 16) for n in line.split()[0].split('-'))\n"
            "        if 'rw' in line:\n"
            "            try:\n"
            "                raw.seek(start)\n"
            "                seen += len(re.findall(rb'double[(]21[)]', raw.read(end - start)))\n"
            "            except (OSError, OverflowError, ValueError): pass\n"
            "print('seen', seen)\n" + SOLUTION
        )
        assert "files []" in printed(result)
        assert "seen 0" in printed(result)

    def test_there_is_no_network(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            result = grade(
                "import socket\n"
                f"for place in (('127.0.0.1', {port}), ('192.0.2.1', 80)):\n"
                "    try:\n        socket.create_connection(place, 1); print('REACHED')\n"
                "    except OSError as error: print('refused', error)\n" + SOLUTION
            )
        assert "REACHED" not in printed(result)
        assert "refused" in printed(result)

    def test_it_is_nobody_and_stays_nobody(self) -> None:
        result = grade(
            "import os, subprocess\n"
            "print('root', 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()))\n"
            "status = open('/proc/self/status').read()\n"
            "caps = [l.split()[1] for l in status.splitlines() if l.startswith('Cap')]\n"
            "print('caps', [cap.strip('0') for cap in caps])\n"
            "try:\n    os.setuid(0); print('BECAME ROOT')\n"
            "except OSError: print('stays')\n"
            "mount = ['mount', '-t', 'tmpfs', 'x', '/tmp']\n"
            "print('mount', subprocess.run(mount, capture_output=True).returncode == 0)\n"
            + SOLUTION
        )
        seen = printed(result)
        assert "root False" in seen
        assert "caps ['', '', '', '', '']" in seen
        assert "BECAME ROOT" not in seen
        assert "mount False" in seen
