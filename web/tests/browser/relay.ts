import { createServer as createHttp, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands between the web server and the gateway, and can look like a gateway that is started anew. */
export interface Relay {
  url: string;
  /** POST /cut ends all connections and refuses new ones; POST /mend takes them again. */
  control: string;
  close: () => void;
}

/** Opens a relay to the gateway at this address. */
export async function openRelay(gateway: string): Promise<Relay> {
  const target = new URL(gateway);
  const sockets = new Set<Socket>();
  let isCut = false;

  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  };
  const relay = createServer((inner) => {
    if (isCut) {
      inner.destroy();
      return;
    }
    const outer = connect(Number(target.port), target.hostname);
    keep(inner, outer);
    keep(outer, inner);
  });
  const control = createHttp((request, answer) => {
    isCut = request.url === "/cut";
    if (isCut) for (const socket of sockets) socket.destroy();
    answer.end();
  });
  return {
    url: await listening(relay),
    control: await listening(control),
    close: () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
      control.close();
    },
  };
}

function listening(server: Server | HttpServer): Promise<string> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
