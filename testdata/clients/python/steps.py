"""What a client does, one step after the other: what it gives back, or raises, is
said in one line of JSON each."""

import json
import sys

# The addresses of a source.
at = json.loads(sys.argv[-1])


def tell(name, **what):
    print(json.dumps({"step": name, **what}, default=str), flush=True)


def fault(e):
    return {"name": type(e).__name__, "message": str(e), "code": getattr(e, "code", None), "status": getattr(e, "status", None)}
