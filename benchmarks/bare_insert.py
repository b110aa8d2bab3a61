"""A bare FastAPI service: it stores the body of a request as a row and answers with its id; nothing is looked at."""

import os
from uuid import uuid4

from fastapi import Depends, FastAPI, Request
from sqlalchemy import Text, create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from tutti.settings import read_settings

app = FastAPI()


class Base(DeclarativeBase):
    """The one table."""


class Row(Base):
    """A body as it came."""

    __tablename__ = "bare_bodies"

    id: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)


_settings = read_settings()
engine = create_engine(
    _settings.store_url, pool_size=_settings.database_pool_size, max_overflow=_settings.database_pool_overflow
)
sessions = sessionmaker(engine)
Base.metadata.create_all(engine)


async def body(request: Request) -> bytes:
    """The body of the request."""
    return await request.body()


@app.post("/bodies", status_code=202)
def store(content: bytes = Depends(body)) -> dict[str, str]:
    """Store it."""
    row_id = str(uuid4())
    with sessions.begin() as session:
        session.execute(insert(Row), {"id": row_id, "content": content.decode()})
    return {"id": row_id}


if __name__ == "__main__":
    import socket

    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", file=os.fdopen(2, "w", closefd=False), flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
