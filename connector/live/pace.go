package live

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"syscall"

	"golang.org/x/sys/unix"
)

// unsentLimit bounds what the system keeps of a socket that it has not sent yet, in bytes. It would keep megabytes: on a slow connection
// seconds of pictures that nobody can take back. What waits with us instead is dropped for something newer.
const unsentLimit = 64 << 10

// paced makes a request's connection one that takes only what it can send soon.
type paced struct{ http.ResponseWriter }

// Hijack implements http.Hijacker. Accept has written its header by then; gin keeps one back, which Accept sees to where it knows gin.
func (p paced) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if late, ok := p.ResponseWriter.(interface{ WriteHeaderNow() }); ok {
		late.WriteHeaderNow()
	}
	conn, both, err := http.NewResponseController(p.ResponseWriter).Hijack()
	if err == nil {
		limitUnsent(conn)
	}
	return conn, both, err
}

// limitUnsent does so for TCP. Any other connection, and any system that cannot, goes on as it is.
func limitUnsent(conn net.Conn) {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if socket, ok := conn.(syscall.Conn); ok {
		if raw, err := socket.SyscallConn(); err == nil {
			_ = raw.Control(func(fd uintptr) {
				_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentLimit)
			})
		}
	}
}
