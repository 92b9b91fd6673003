// A WebSocket server by the npm package ws, for tests that hold a client against it.
// Prints its port, then one JSON line for each thing it saw; a client chooses the behaviour by the path of its request. Ends when standard input ends.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const say = (seen) => process.stdout.write(JSON.stringify(seen) + '\n');

const behaviours = {
  // Every message back as it came.
  '/echo': (socket) => socket.on('message', (data) => socket.send(data.toString())),
  // Only listens.
  '/silent': () => {},
  // One message of many fragments with a ping between each two; then what the pongs carried.
  '/fragments': (socket) => {
    const pongs = [];
    socket.on('pong', (data) => {
      pongs.push(data.toString());
      if (pongs.length === 5) socket.send(pongs.join(' '));
    });
    for (let i = 0; i < 5; i++) {
      socket.send(`part ${i} `, { fin: false });
      socket.ping(`ping ${i}`);
    }
    socket.send('end');
  },
  // A flood of messages of growing length.
  '/flood': (socket) => {
    for (let i = 0; i < 2000; i++) socket.send(String(i).padEnd(i, '.'));
  },
  '/long': (socket) => {
    socket.send('');
    socket.send('x'.repeat(64 * 1024));
    socket.send('y'.repeat(1024 * 1024));
  },
  '/close': (socket) => socket.close(1012, 'restart'),
  '/close-without-code': (socket) => socket.close(),
  '/terminate': (socket) => socket.send('last words', () => socket.terminate()),
  '/binary': (socket) => socket.send(Buffer.from([1, 2, 3])),
};

const server = createServer((request, response) => response.writeHead(426).end());
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
server.on('upgrade', (request, socket, head) => {
  const behave = behaviours[request.url];
  if (!behave) {
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on('close', (code, reason) => say({ path: request.url, close: code, reason: reason.toString() }));
    webSocket.on('error', (error) => say({ path: request.url, error: error.message }));
    behave(webSocket);
  });
});
server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
process.stdin.on('end', () => process.exit(0)).resume();
