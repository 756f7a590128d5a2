package browser

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"sync"
)

// pool keeps started browsers that nobody uses yet. The privacy scripts are part of a browser's extension, so a warm one fits
// sessions with the same policy and proxy only.
type pool struct {
	mu     sync.Mutex
	closed bool
	warm   map[string][]*chromium
}

// poolKey is equal for specs that can share a started browser.
func poolKey(spec Spec) string {
	policy, err := json.Marshal(spec.Policy)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(append(policy, spec.ProxyAddr...))
	return hex.EncodeToString(sum[:])
}

// Warm makes sure that n started browsers wait for sessions with this policy and proxy.
func (l *Launcher) Warm(ctx context.Context, spec Spec, n int) error {
	key := poolKey(spec)
	for l.pool.count(key) < n {
		chrome, err := l.start(ctx, spec)
		if err != nil {
			return err
		}
		if err := l.pool.put(key, chrome); err != nil {
			return err
		}
	}
	return nil
}

// Waiting is how many living browsers wait for sessions with this policy and proxy.
func (l *Launcher) Waiting(spec Spec) int { return l.pool.count(poolKey(spec)) }

// Cool ends the browsers that wait for sessions with this policy and proxy.
func (l *Launcher) Cool(spec Spec) error {
	var err error
	for chrome := l.pool.take(poolKey(spec)); chrome != nil; chrome = l.pool.take(poolKey(spec)) {
		err = errors.Join(err, chrome.stop())
	}
	return err
}

// count counts the living and clears the dead away.
func (p *pool) count(key string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warm[key] = slices.DeleteFunc(p.warm[key], func(chrome *chromium) bool {
		if chrome.alive() {
			return false
		}
		_ = chrome.stop() // it died by itself; its folder goes now
		return true
	})
	n := len(p.warm[key])
	if n == 0 {
		delete(p.warm, key)
	}
	return n
}

func (p *pool) put(key string, chrome *chromium) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errors.Join(errLost, chrome.stop())
	}
	p.warm[key] = append(p.warm[key], chrome)
	return nil
}

// take returns a living warm browser, or nil. Dead ones on the way are cleared away.
func (p *pool) take(key string) *chromium {
	p.mu.Lock()
	defer p.mu.Unlock()
	for list := p.warm[key]; len(list) > 0; list = p.warm[key] {
		chrome := list[0]
		p.warm[key] = list[1:]
		if chrome.alive() {
			return chrome
		}
		_ = chrome.stop() // it died by itself; its folder goes now
	}
	delete(p.warm, key)
	return nil
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var err error
	for _, list := range p.warm {
		for _, chrome := range list {
			err = errors.Join(err, chrome.stop())
		}
	}
	p.warm = nil
	return err
}
