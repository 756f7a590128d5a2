package dataversefake

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// The service protection limits as powerapps-docs/developer/data-platform/api-limits.md names them: for each user, counted here
// for the whole organisation.
const (
	protectWindow   = 5 * time.Minute
	maxRequests     = 6000
	maxAtOnce       = 52
	maxWorkInWindow = 20 * time.Minute
)

// protection counts what service protection counts.
type protection struct {
	budget  int         // requests in a window; 0 is the documented number
	recent  []time.Time // when requests of this window came
	atOnce  int
	work    []work // what took time in this window
	refused int
}

// work is the execution time of one request.
type work struct {
	ended time.Time
	took  time.Duration
}

// Refused is how many requests service protection has answered with 429.
func (s *Server) Refused() (n int) {
	s.locked(func() { n = s.protection.refused })
	return n
}

// arrive counts a request in, or refuses it; leave counts it out.
func (s *Server) arrive(now time.Time) *reply {
	p := &s.protection
	p.atOnce++
	f, wait := p.limit(now)
	if f == nil || s.down { // what is down counts nothing
		p.recent = append(p.recent, now)
		return nil
	}
	p.refused++
	return f.reply().with("Retry-After", seconds(wait))
}

func (s *Server) leave(began time.Time) {
	now := s.now()
	s.protection.atOnce--
	s.protection.work = append(s.protection.work, work{now, now.Sub(began)})
}

// limit tells which limit is exceeded, and for how long.
func (p *protection) limit(now time.Time) (*fault, time.Duration) {
	for len(p.recent) > 0 && now.Sub(p.recent[0]) >= protectWindow {
		p.recent = p.recent[1:]
	}
	for len(p.work) > 0 && now.Sub(p.work[0].ended) >= protectWindow {
		p.work = p.work[1:]
	}
	budget := p.budget
	if budget == 0 {
		budget = maxRequests
	}
	if len(p.recent) >= budget {
		return limited("0x80072322", fmt.Sprintf("Number of requests exceeded the limit of %d over time window of 300 seconds.", budget)),
			protectWindow - now.Sub(p.recent[0])
	}
	var sum time.Duration
	for _, w := range p.work {
		sum += w.took
	}
	if sum > maxWorkInWindow {
		return limited("0x80072321", "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."),
			protectWindow - now.Sub(p.work[0].ended)
	}
	if p.atOnce > maxAtOnce {
		return limited("0x80072326", "Number of concurrent requests exceeded the limit of 52."), time.Second
	}
	return nil, 0
}

func limited(code, message string) *fault {
	return &fault{http.StatusTooManyRequests, code, message}
}

func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }
