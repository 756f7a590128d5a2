package demo

import "testing"

func TestCleanHTMLKeepsOnlyWhatIsHarmless(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text is escaped", `a < b & c`, `a &lt; b &amp; c`},
		{"structure stays", `<p>One<br>two</p><ul><li><b>x</b></li></ul>`, `<p>One<br>two</p><ul><li><b>x</b></li></ul>`},
		{"attributes go", `<p style="position:fixed" onclick="x()" class="a">t</p>`, `<p>t</p>`},
		{"scripts go with their content", `<script>alert(1)</script><p>t</p>`, `<p>t</p>`},
		{"handlers on pictures", `<img src=x onerror=alert(1)>t`, `t`},
		{"svg goes whole", `<svg><a href="https://x.example">t</a></svg>u`, `u`},
		{"script addresses", `<a href="javascript:alert(1)">t</a>`, `<a>t</a>`},
		{"script addresses in disguise", "<a href=\" java\tscript:alert(1)\">t</a>", `<a>t</a>`},
		{"unknown elements keep their text", `<blink><form>t</form></blink>`, `t`},
		{"escaped markup stays text", `&lt;script&gt;alert(1)&lt;/script&gt;`, `&lt;script&gt;alert(1)&lt;/script&gt;`},
		{"links open outside", `<a href="https://x.example/?a=1&b=2">t</a>`,
			`<a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">t</a>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cleanHTML(tt.in); got != tt.want {
				t.Errorf("cleanHTML(%q)\n got %s\nwant %s", tt.in, got, tt.want)
			}
		})
	}
}
