package privacy

// reservedNames are what controls that bind a customer are called: buy, order, pay, confirm, agree, sign, transfer, subscribe, delete an
// account. They are compared as in page/text.ts: without case and accents, as whole words.
var reservedNames = []struct {
	language string
	names    []string
}{
	{"en", []string{
		"buy now", "buy it now", "place order", "place your order", "submit order", "complete order", "complete purchase", "confirm order",
		"confirm purchase", "confirm payment", "confirm and pay", "confirm booking", "book and pay", "make payment", "pay", "purchase", "order now",
		"i agree", "i accept", "accept and continue", "agree and continue", "sign contract", "sign and submit", "sign now", "subscribe now",
		"donate", "transfer money", "send money", "confirm transfer", "delete account", "delete my account", "close account", "cancel subscription",
	}},
	{"pt", []string{
		"comprar agora", "finalizar compra", "finalizar pedido", "concluir compra", "concluir pedido", "confirmar pedido", "confirmar compra",
		"confirmar pagamento", "fazer pedido", "fechar pedido", "efetuar pagamento", "encomendar", "pagar", "pagar agora", "eu aceito", "aceito os termos",
		"concordo", "li e aceito", "aceitar e continuar", "assinar contrato", "assinar agora", "doar", "transferir dinheiro", "confirmar transferência",
		"excluir conta", "apagar conta", "eliminar conta", "cancelar assinatura",
	}},
	{"es", []string{
		"comprar ahora", "comprar ya", "realizar pedido", "hacer pedido", "tramitar pedido", "realizar compra", "finalizar la compra",
		"finalizar compra", "confirmar la compra", "confirmar compra", "confirmar pedido", "confirmar pago", "confirmar el pago", "realizar pago",
		"pagar ahora", "estoy de acuerdo", "acepto", "aceptar y continuar", "firmar contrato", "firmar ahora", "suscribirse ahora", "donar",
		"transferir dinero", "confirmar transferencia", "eliminar cuenta", "eliminar mi cuenta", "borrar cuenta",
	}},
	{"fr", []string{
		"acheter", "acheter maintenant", "passer la commande", "passer commande", "valider la commande", "valider ma commande",
		"confirmer la commande", "finaliser la commande", "commander", "confirmer l'achat", "confirmer le paiement", "valider le paiement",
		"procéder au paiement", "payer", "j'accepte", "je suis d'accord", "accepter et continuer", "signer le contrat", "signer maintenant",
		"s'abonner maintenant", "faire un don", "effectuer le virement", "confirmer le virement", "supprimer mon compte", "supprimer le compte",
		"fermer mon compte",
	}},
	{"de", []string{
		"jetzt kaufen", "kaufen", "zahlungspflichtig bestellen", "kostenpflichtig bestellen", "jetzt bestellen", "bestellung abschicken",
		"bestellung aufgeben", "bestellung abschließen", "kauf abschließen", "kauf bestätigen", "jetzt bezahlen", "jetzt zahlen", "bezahlen",
		"zahlung bestätigen", "zahlungspflichtig buchen", "verbindlich buchen", "ich stimme zu", "ich akzeptiere", "akzeptieren und weiter",
		"zustimmen und weiter", "vertrag unterschreiben", "jetzt unterschreiben", "jetzt abonnieren", "jetzt spenden", "geld überweisen",
		"überweisung ausführen", "konto löschen", "konto schließen",
	}},
	{"it", []string{
		"acquista ora", "compra ora", "acquista", "effettua l'ordine", "invia ordine", "concludi l'ordine", "completa l'ordine", "conferma ordine",
		"conferma l'ordine", "completa l'acquisto", "conferma acquisto", "conferma pagamento", "conferma e paga", "procedi al pagamento", "paga",
		"paga ora", "accetto", "sono d'accordo", "accetta e continua", "firma il contratto", "firma ora", "abbonati ora", "dona ora",
		"conferma bonifico", "elimina account", "elimina il mio account", "chiudi account",
	}},
	{"nl", []string{
		"nu kopen", "koop nu", "kopen", "bestelling plaatsen", "plaats bestelling", "bestel nu", "bestellen", "bestelling bevestigen",
		"bestelling afronden", "aankoop bevestigen", "betaling bevestigen", "nu betalen", "betaal nu", "betalen", "ik ga akkoord", "ik accepteer",
		"akkoord en doorgaan", "accepteren en doorgaan", "contract ondertekenen", "nu ondertekenen", "nu abonneren", "nu doneren",
		"geld overmaken", "overboeking bevestigen", "account verwijderen", "verwijder mijn account",
	}},
	{"pl", []string{
		"kup teraz", "kupuję", "kupuję i płacę", "złóż zamówienie", "zamawiam", "zamów", "zamawiam z obowiązkiem zapłaty", "potwierdź zamówienie",
		"potwierdzam zakup", "potwierdź płatność", "zapłać", "zapłać teraz", "płacę", "zgadzam się", "akceptuję", "akceptuję i kontynuuję",
		"wyrażam zgodę", "podpisz umowę", "podpisz teraz", "subskrybuj teraz", "przekaż darowiznę", "wykonaj przelew", "potwierdź przelew",
		"usuń konto", "usuń moje konto", "zamknij konto",
	}},
	{"sv", []string{
		"köp nu", "slutför köp", "slutför köpet", "genomför köp", "bekräfta köp", "lägg beställning", "beställ nu", "beställ", "bekräfta beställning",
		"bekräfta betalning", "betala", "betala nu", "jag godkänner", "jag accepterar", "godkänn och fortsätt", "acceptera och fortsätt",
		"skriv under avtalet", "signera nu", "prenumerera nu", "donera nu", "överför pengar", "bekräfta överföring", "radera konto", "ta bort konto",
	}},
	{"da", []string{
		"køb nu", "gennemfør køb", "bekræft køb", "afgiv ordre", "bestil nu", "afgiv bestilling", "bekræft ordre", "bekræft betaling", "betal",
		"betal nu", "jeg accepterer", "jeg er enig", "accepter og fortsæt", "underskriv kontrakt", "underskriv nu", "abonner nu", "doner nu",
		"overfør penge", "bekræft overførsel", "slet konto", "slet min konto",
	}},
	{"no", []string{
		"kjøp nå", "fullfør kjøp", "fullfør kjøpet", "bekreft kjøp", "legg inn bestilling", "send bestilling", "bestill nå", "bekreft bestilling",
		"bekreft betaling", "betal nå", "jeg godtar", "jeg aksepterer", "godta og fortsett", "signer avtalen", "signer nå", "abonner nå", "doner nå",
		"overfør penger", "bekreft overføring", "slett konto", "slett kontoen min",
	}},
	{"fi", []string{
		"osta nyt", "osta heti", "tilaa nyt", "tee tilaus", "lähetä tilaus", "vahvista tilaus", "vahvista osto", "vahvista maksu", "maksa",
		"maksa nyt", "hyväksyn", "olen samaa mieltä", "hyväksy ja jatka", "allekirjoita sopimus", "allekirjoita nyt", "lahjoita nyt",
		"siirrä rahaa", "vahvista siirto", "poista tili", "poista tilini",
	}},
	{"tr", []string{
		"hemen al", "hemen satın al", "satın al", "şimdi satın al", "sipariş ver", "siparişi tamamla", "siparişi onayla", "alışverişi tamamla",
		"ödeme yap", "ödemeyi onayla", "ödemeyi tamamla", "hemen öde", "kabul ediyorum", "onaylıyorum", "okudum kabul ediyorum",
		"kabul et ve devam et", "sözleşmeyi imzala", "hemen imzala", "bağış yap", "para gönder", "transferi onayla", "hesabı sil", "hesabımı sil",
	}},
	{"cs", []string{
		"koupit nyní", "koupit", "objednat s povinností platby", "odeslat objednávku", "dokončit objednávku", "potvrdit objednávku", "objednat",
		"dokončit nákup", "zaplatit", "potvrdit platbu", "souhlasím", "přijímám", "přijmout a pokračovat", "podepsat smlouvu", "odeslat peníze",
		"potvrdit převod", "smazat účet", "zrušit účet",
	}},
	{"ru", []string{
		"купить", "купить сейчас", "оформить заказ", "подтвердить заказ", "разместить заказ", "сделать заказ", "завершить покупку",
		"подтвердить покупку", "оплатить", "оплатить сейчас", "подтвердить оплату", "подтвердить платеж", "перейти к оплате", "я согласен",
		"я согласна", "согласен", "принимаю", "принять и продолжить", "подписать договор", "подписать", "оформить подписку", "пожертвовать",
		"перевести деньги", "подтвердить перевод", "удалить аккаунт", "удалить учетную запись",
	}},
	{"uk", []string{
		"купити", "купити зараз", "оформити замовлення", "підтвердити замовлення", "зробити замовлення", "завершити покупку", "підтвердити покупку",
		"оплатити", "сплатити", "підтвердити оплату", "підтвердити платіж", "я погоджуюсь", "я погоджуюся", "погоджуюсь", "приймаю",
		"прийняти та продовжити", "підписати договір", "підписати", "оформити підписку", "пожертвувати", "переказати гроші",
		"підтвердити переказ", "видалити обліковий запис", "видалити акаунт",
	}},
	{"el", []string{
		"αγορά τώρα", "αγοράστε τώρα", "ολοκλήρωση αγοράς", "ολοκλήρωση παραγγελίας", "υποβολή παραγγελίας", "επιβεβαίωση παραγγελίας", "πληρωμή",
		"πληρωμή τώρα", "επιβεβαίωση πληρωμής", "συμφωνώ", "αποδέχομαι", "αποδοχή και συνέχεια", "υπογραφή σύμβασης", "μεταφορά χρημάτων",
		"διαγραφή λογαριασμού",
	}},
	{"ja", []string{
		"今すぐ購入", "今すぐ買う", "購入する", "購入を確定", "注文する", "注文を確定", "注文を確定する", "購入手続きを完了", "予約を確定", "支払う", "支払いを確定",
		"お支払いを確定", "決済する", "同意する", "同意します", "同意して続ける", "承諾する", "契約に署名", "署名する", "寄付する", "送金する", "振込を確定",
		"アカウントを削除", "退会する",
	}},
	{"zh", []string{
		"立即购买", "马上购买", "提交订单", "确认订单", "确认购买", "立即下单", "立即支付", "确认支付", "确认付款", "去支付", "立即付款", "我同意", "我接受",
		"同意并继续", "接受并继续", "签署合同", "立即签署", "立即订阅", "立即捐款", "确认转账", "转账", "删除账户", "删除帐号", "注销账号",
		"立即購買", "提交訂單", "確認訂單", "確認購買", "立即結帳", "確認付款", "我同意並接受", "同意並繼續", "簽署合約", "確認轉帳", "刪除帳戶", "刪除帳號",
	}},
	{"ko", []string{
		"바로 구매", "구매하기", "지금 구매", "주문하기", "주문 완료", "주문 확인", "결제하기", "결제 확인", "결제 진행", "지금 결제", "동의합니다", "동의하고 계속",
		"수락합니다", "계약 서명", "서명하기", "구독하기", "기부하기", "송금하기", "이체하기", "계정 삭제", "회원 탈퇴",
	}},
	{"ar", []string{
		"اشتر الآن", "اشتري الآن", "شراء الآن", "إتمام الشراء", "إتمام الطلب", "تأكيد الطلب", "تقديم الطلب", "تأكيد الشراء", "ادفع", "ادفع الآن",
		"الدفع الآن", "تأكيد الدفع", "إتمام الدفع", "أوافق", "أنا أوافق", "موافق", "أقبل", "قبول ومتابعة", "توقيع العقد", "وقع الآن", "تبرع الآن",
		"تحويل الأموال", "تأكيد التحويل", "حذف الحساب", "إغلاق الحساب",
	}},
	{"he", []string{
		"קנה עכשיו", "לרכישה עכשיו", "בצע הזמנה", "אישור הזמנה", "השלמת הזמנה", "אישור רכישה", "שלם", "שלם עכשיו", "לתשלום עכשיו", "אישור תשלום",
		"אני מסכים", "אני מאשר", "אישור והמשך", "חתום על החוזה", "העברת כסף", "מחיקת חשבון",
	}},
	{"hi", []string{
		"अभी खरीदें", "ऑर्डर करें", "ऑर्डर की पुष्टि करें", "खरीदारी पूरी करें", "भुगतान करें", "अभी भुगतान करें", "भुगतान की पुष्टि करें", "मैं सहमत हूँ", "मैं सहमत हूं",
		"स्वीकार करें और जारी रखें", "अनुबंध पर हस्ताक्षर करें", "पैसे भेजें", "खाता हटाएं",
	}},
	{"id", []string{
		"beli sekarang", "buat pesanan", "pesan sekarang", "konfirmasi pesanan", "selesaikan pembelian", "bayar", "bayar sekarang",
		"konfirmasi pembayaran", "saya setuju", "saya menerima", "setuju dan lanjutkan", "tanda tangani kontrak", "kirim uang", "hapus akun",
	}},
}

// paymentFrames are the hosts whose frames take payments on other sites. What is done in them is the customer's. The pages of banks that
// confirm a payment (3-D Secure) have any host; most of them lie inside one of these.
var paymentFrames = []string{
	"*.stripe.com", "*.stripe.network", "*.link.com", "*.adyen.com", "*.adyenpayments.com", "*.braintreegateway.com", "*.braintree-api.com",
	"*.paypal.com", "*.paypalobjects.com", "*.checkout.com", "*.worldpay.com", "*.klarna.com", "*.klarna.net", "*.klarnaservices.com",
	"pay.google.com", "*.squareup.com", "*.squarecdn.com", "*.mollie.com", "*.authorize.net", "*.cybersource.com", "*.wpstatic.com",
	"*.mercadopago.com", "*.mercadopago.com.br", "*.mercadolibre.com", "*.pagseguro.uol.com.br", "*.pagar.me", "*.cielo.com.br",
	"*.razorpay.com", "*.payu.com", "*.payu.in", "*.sumup.com", "*.nets.eu", "*.redsys.es", "*.sibs.pt", "*.computop.com", "*.unzer.com",
	"*.affirm.com", "*.afterpay.com", "*.clearpay.co.uk", "*.bambora.com", "*.opayo.eu.elavon.com", "*.sagepay.com", "*.globalpay.com",
	"*.cardinalcommerce.com", "*.arcot.com", "*.rsa3dsauth.com", "*.3dsecure.io", "*.netcetera-payment.ch", "*.wlp-acs.com",
}
