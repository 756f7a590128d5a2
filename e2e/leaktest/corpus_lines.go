package leaktest

// lineCases are numbers as the markup of ordinary pages breaks them: indented source, boxes side by side without a blank, several fields.
var lineCases = []maskCase{
	{name: "ln-indented", html: "<p class=s>\n        <span>4111</span>\n        <span>1111</span>\n        <span>1111</span>\n        <span>1111</span>\n      </p>"},
	{name: "ln-indented-cells", html: "<table class=s><tr>\n        <td>4111</td>\n        <td>1111</td>\n        <td>1111</td>\n        <td>1111</td>\n      </tr></table>"},
	{name: "ln-broken", html: "<p class=s>\n      4111 1111<br>\n        1111 1111\n      </p>"},
	{name: "ln-no-break-spaces", html: `<p class=s>4111&nbsp;&nbsp;&nbsp;&nbsp;1111&nbsp;&nbsp;&nbsp;&nbsp;1111&nbsp;&nbsp;&nbsp;&nbsp;1111`},
	{name: "ln-iban-indented", html: "<p class=s>\n        <span>DE89 3704</span>\n        <span>0044 0532</span>\n        <span>0130 00</span>\n      </p>"},
	{name: "ln-label-iban", html: `<div style="display:flex;gap:2em"><span>IBAN</span><span class=s>DE89 3704 0044 0532 0130 00</span></div>`},
	{name: "ln-iban-bank", html: `<div style="display:flex;gap:2em"><span class=s>DE89 3704 0044 0532 0130 00</span><span>Deutsche Bank</span></div>`},
	{name: "ln-label-id", html: `<div style="display:flex;gap:2em"><span>DNI</span><span class=s>12345678Z</span></div>`},
	{name: "ln-card-expiry", html: `<div style="display:flex;gap:2em"><span class=s>4111 1111 1111 1111</span><span>12/29</span></div>`},
	{name: "ln-cpf-birthday", html: `<div style="display:flex;gap:2em"><span class=s>529.982.247-25</span><span>04/05/1990</span></div>`},
	{name: "ln-custom-elements", html: `<x-row style="display:flex;gap:2em"><x-key>Konto</x-key><x-value class=s>DE89370400440532013000</x-value><x-key>BIC</x-key></x-row>`},
	{name: "ln-halves", html: `<div class=s>4111 1111</div><div class=s>1111 1111</div>`},
	{name: "ln-iban-halves", html: `<div class=s>DE89 3704 0044</div><div class=s>0532 0130 00</div>`},
	{name: "ln-boxes", html: `<div><input class=s maxlength=4 size=4 value=4111> <input class=s maxlength=4 size=4 value=1111> <input class=s maxlength=4 size=4 value=1111> <input class=s maxlength=4 size=4 value=1111></div>`},
	{name: "ln-boxes-columns", html: `<div style="display:flex"><div class=c><input class=s maxlength=3 size=4 value=219></div><div class=c>-<input class=s maxlength=2 size=3 value=09></div><div class=c>-<input class=s maxlength=4 size=5 value=9999></div></div>`},
	{name: "ln-boxes-late", html: `<div id=d><input class=s maxlength=4 size=4> <input class=s maxlength=4 size=4> <input class=s maxlength=4 size=4> <input class=s maxlength=4 size=4></div><script>setTimeout(()=>[...d.children].forEach((e,i)=>e.value=i?'1111':'4111'),60)</script>`, ms: 150},
	{name: "ln-mail-reversed", html: `<p class=s><span style="unicode-bidi:bidi-override;direction:rtl">moc.elpmaxe@ana</span>`},
}
