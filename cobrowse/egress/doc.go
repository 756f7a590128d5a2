// Package egress is the only way out of a session's Chromium: an HTTP proxy on a loopback port, one per session.
//
// It decides twice. By name, before anything is looked up: Block wins over Private, Private over Allow, and an empty Allow
// means every public host. By address, at the moment of the connect: the dialer's Control sees the address that DNS gave
// and refuses everything that is not public (private, loopback, link-local, shared, multicast and documentation ranges,
// unique local, mapped, NAT64 and 6to4 addresses). A name that changes its address between two look-ups gains nothing, as
// the address that is checked is the address that is dialled.
//
// Only the host:port pairs in Private are exempt from the second check, each for itself: an exempt "localhost:8443" opens
// neither localhost:8444 nor 127.0.0.1:8443, and a public name that resolves to 127.0.0.1 stays refused.
//
// A host pattern is a host ("shop.example"), a host with everything below it ("*.shop.example", which includes
// shop.example itself) or "*". Case, a trailing dot and the Unicode form of a name make no difference.
//
// What is not reached is answered by a page, and a tunnel by the same status, with the reason in a header: X-Cobrowse-Refused or
// X-Cobrowse-Failed (dns, timeout, failed).
//
// Of public hosts the ports 80 and 443 can be reached, and those in Ports.
//
// The proxy asks for no secret, as Chromium sends proxy credentials only after a challenge that would have to be answered
// on every target. It is bound to 127.0.0.1 and looks at whose each connection is: other users of the machine, among them other
// sessions' Chromiums where each has a user of its own, are kept out (LetIn). Chromium must be started with --proxy-bypass-list=<-loopback>, otherwise
// it reaches loopback addresses without the proxy.
package egress
