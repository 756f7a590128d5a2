package cobrowse

// listen turns the sound of the shown tab on or off for p. It is off until somebody asks, also after they came back: their page makes
// no sound before they press something in it.
func (s *Session) listen(p *person, c Listen) error {
	hub := s.hub()
	switch state := s.State(); {
	case !p.can(RightSound):
		return errNoRight
	case hub == nil || state != StateLive && state != StatePaused:
		return errNotNow
	case c.On:
		p.attachment.listen(hub.Listen(gated(p.Role)))
	default:
		p.attachment.listen(nil)
	}
	return nil
}
