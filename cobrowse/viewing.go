package cobrowse

import (
	"slices"
	"strings"

	"cobrowse-connector/cobrowse/stream"
)

// codecs in the order in which they are preferred, with the prefix of their WebCodecs strings.
var codecs = []struct{ name, prefix string }{{"av1", "av01."}, {"vp9", "vp09."}, {"h264", "avc1."}}

var errNoWebCodecs = Errorf(CodeUnavailable, "no_webcodecs", "This browser cannot show the shared picture. A newer one can.")

func decodes(accepted []string, codec string) bool {
	for _, c := range codecs {
		if c.name == codec {
			return slices.ContainsFunc(accepted, func(a string) bool { return strings.HasPrefix(a, c.prefix) })
		}
	}
	return false
}

func decodesAnything(accepted []string) bool {
	return slices.ContainsFunc(codecs, func(c struct{ name, prefix string }) bool { return decodes(accepted, c.name) })
}

// mayWatch tells whether pictures may go to p at this moment: in a pause the browser's gate keeps them from everybody but the customer, and
// tells them why they see nothing.
func (s *Session) mayWatch(p *person) bool { return s.sees(p) || s.State() == StatePaused }

// watch gives p the picture from its next key frame on, or stills where they do not decode what the others see.
func (s *Session) watch(p *person) {
	hub := s.hub()
	if hub == nil || p.attachment == nil || !p.can(RightView) || !s.mayWatch(p) {
		return
	}
	switch {
	case decodes(p.codecs, s.shared.wanted.codec):
		p.attachment.watch(hub.Look(gated(p.Role)))
	case slices.Contains(p.codecs, stream.Stills):
		p.attachment.watch(hub.SubscribeStills(gated(p.Role)))
	default:
		p.attachment.watch(nil)
	}
}

// tellUnseeing tells p when their page shows neither the present codec nor stills.
func (s *Session) tellUnseeing(p *person) {
	if !decodes(p.codecs, s.shared.wanted.codec) && !slices.Contains(p.codecs, stream.Stills) {
		p.send(FailureOf(errNoWebCodecs))
	}
}

// chooseCodec takes the best codec that everybody present decodes who decodes any; when there is none, the customer's best. It is asked
// only when somebody joins: a codec that is better once somebody left is not worth the interruption.
func (s *Session) chooseCodec(joined *person) {
	var viewers []*person
	s.people.each(func(p *person) {
		if p.Here && decodesAnything(p.codecs) {
			viewers = append(viewers, p)
		}
	})
	codec := bestFor(viewers)
	if customer := s.people.customer(); codec == "" && customer != nil {
		codec = bestFor([]*person{customer})
	}
	before := s.shared.wanted.codec
	if codec == "" || codec == before {
		return
	}
	s.shared.wanted.codec = codec
	s.applySettings()
	for _, p := range viewers {
		if p != joined && decodes(p.codecs, codec) != decodes(p.codecs, before) {
			s.tellUnseeing(p)
			s.watch(p)
		}
	}
}

func bestFor(viewers []*person) string {
	if len(viewers) == 0 {
		return ""
	}
	for _, c := range codecs {
		if !slices.ContainsFunc(viewers, func(p *person) bool { return !decodes(p.codecs, c.name) }) {
			return c.name
		}
	}
	return ""
}
