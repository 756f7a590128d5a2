// Package bench measures the product beside a plain baseline in one run: the same pages, the same viewer, once through the
// product and once through Page.startScreencast JPEG over a WebSocket. `make bench` runs it.
//
// Absolute numbers depend on the machine and on what else it does; the ratios of one run are what counts.
package bench
