package privacy

const card = "4111 1111 1111 1111"

// typed presses a selector and types.
func typed(selector string, keys ...string) func(p *page) error {
	return func(p *page) error {
		if err := p.click(selector); err != nil {
			return err
		}
		return p.keys(keys...)
	}
}

func chars(s string) []string {
	var all []string
	for _, r := range s {
		all = append(all, string(r))
	}
	return all
}

func script(js string) func(p *page) error {
	return func(p *page) error { return p.eval(js, nil) }
}
