"""What the worker gets: status, amount, unit and currency, from the board's fields first, then from the text.

A board's amount is taken as it stands. An amount in running text must have a sign of pay beside it (a unit, or a word
such as "pay", "rate", "salary") and none of something else (funding, a price, a prize, a fee). Nobody invents an hourly
figure: it comes from an hourly pay or from a stated duration, or it stays empty.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from index.gig import Evidence, Fee, Medium, MinimumPayout, Pay, PayBasis, PayUnit, Points
from index.normalize import habits, money, units
from index.normalize.cue import Cue
from index.normalize.currency import usd_rate
from index.normalize.evidence import Passage, by_board, clause_after, clause_before
from index.normalize.money import Mention
from index.normalize.units import UnitFound
from index.posting import Posting

OTHER_REACH = 40
"""Characters before an amount in which a word such as "prize" or "fee" makes it something else than pay."""
READ = 20_000
"""Characters of a description in which media of payment are looked for."""
YEARLY_FROM = 15_000.0
"""US dollars from which an amount without any unit is a year's salary, unless it is a project's budget."""

Evidences = dict[str, list[Evidence]]


@dataclass(frozen=True, slots=True)
class _Amount:
    """One reading of what is paid."""

    low: float | None
    high: float | None
    sign: str | None
    unit: PayUnit | None
    cites: tuple[Evidence, ...]
    kilo: bool = False


# Words before or after an amount that say it is something else than the worker's pay.
_OTHER_BEFORE = re.compile(
    r"\b(?:fund(?:ed|ing)|rais(?:ed|ing|e)|revenues?|turnover|worth|valued?|valuation|sav(?:e|es|ed|ings?)|costs?|"
    r"costing|"
    r"priced?|prices|sells?|selling|sold|buy|bought|purchas(?:e|ed|ing)|retails?|"
    r"(?<!flat )(?<!fixed )(?<!set )(?<!your )(?<!day )(?<!daily )(?<!session )(?<!shoot )(?<!speaker )fees?"
    r"(?! offered| paid to you)|deposits?|discounts?|prizes?|"
    r"win|won|"
    r"winner|donat(?:e|ed|ion)|invest(?:ed|ment|ing|or)?|charg(?:e|es|ed|ing)|spent|"
    r"(?<!i can )(?<!we can )(?<!i could )(?<!we could )"
    r"(?<!able to )(?<!willing to )(?<!happy to )(?<!prepared to )(?<!i'd )spend|spending|bills?|rent|rental|"
    r"loans?|"
    r"debts?|insur(?:ed|ance)|profits?|sales of|deals?|cash(?:ed|ing)? ?outs?|payouts?|pay-outs?|threshold|"
    r"withdraw(?:al)?|"
    r"refund(?:ed)?|already made|i made|i've made|i earned|i got|signing bonus|sign-? ?up bonus|bonus(?:es)?(?: of|"
    r" is|:)?|"
    r"referral bonus|grants?|budget of the film|assets|donations|tickets?|subscription|membership|shipping|"
    r"relocation|reimburse(?:d|ment)?|coupon|voucher for|tips? of|allowance|market cap|net worth|per diem|"
    r"you pay|pay me|pays? us|(?:giv(?:es?|ing)|gave|paid|pays|offer(?:s|ed|ing)?|quoted|sold|lent|owes?|owed|sent) "
    r"(?:me|us|him|her|them)|(?:gets?|goes|rises?) (?:above|over)|reaches|exceeds|"
    r"(?<!pay )(?<!rate )(?<!salary )(?<!wage )(?<!reward )(?:was|were)(?! (?:thinking|hoping|planning|"
    r"looking))|(?:have|'ve|i|we) hired|rented|(?:i|we|he|"
    r"she|they|who|guy) (?:just |already |once )?(?:paid|wanted|asked|left us)|"
    r"(?:entry|admission|parking|fare|toll|postage|excess) (?:is|costs?|was)|fine[sd]?(?: of| us| you| is)?|penalty|"
    r"(?:new|old|used|other) one (?:is|costs?|goes for)|part (?:is|costs?)|left us|"
    r"cost[oó]|costaron|cuesta|kostete?|coûte|refunded at|reimbursed at|mileage|per km|downline|members? (?:make|"
    r"earn)|people (?:make|earn)|send (?:me|us)|or less|"
    r"under|below|less than|orders? (?:over|of)|401|join(?:ing)? with|(?:benefits|perks)(?: include| are)?:?)\b"
)
_OTHER_AFTER = re.compile(
    r"^[ )]{0,2}(?:million|mil\b|mm\b|m\b|billion|bn\b|b\b|in (?:revenue|funding|sales|venture|seed|capital|savings|"
    r"debt)|"
    r"(?:of |in )?(?:funding|revenue|capital|investment)|off\b|discount|prize|deposit|"
    r"(?:[a-z]{3,12} )?fees?\b|fine\b|worth of|"
    r"value\b|"
    r"series [a-e]\b|minimum (?:payout|cash)|(?:is the )?(?:minimum )?(?:payout|cash-?out)|threshold|rent\b|donation|"
    r"budget film|"
    r"(?:sign-?up|signup|signing|referral|welcome|performance|completion|retention|holiday)? ?bonus|application fee|"
    r"tax credit|at the (?:door|shop|store|gate)\b|on (?:amazon|ebay)\b|in (?:her|his|the) will\b|otherwise\b|"
    r"(?:earned|in the first|richer)\b(?! (?:per|for each|each|an?)\b)|"
    r"(?:starter|joining|welcome|sample|business|training|demo) (?:box|kit|pack|package|stock|set)\b|"
    r"(?:for|towards?|in) (?:your |an? |the )?(?:health(?:care)?|medical|gym|wellness|learning|education|"
    r"commut(?:er|ing)|"
    r"internet|home[- ]office|conferences?|housing)\b|"
    r"(?:health|wellness|learning|education|commuter|training|housing|home[- ]office|equipment|travel|meal|"
    r"phone|internet) "
    r"(?:stipend|allowance|benefits?|budget|credit|insurance)\b|"
    r"towards?\b|new(?: (?:so|and|but|last|in)\b|[,.)]|$)|to replace\b|if you (?:break|lose|damage)|"
    r"second[- ]?hand|retail|for the (?:old|new|last) one|"
    r"reimbursement|coupon|laptop|phone|ticket|membership|subscription|to (?:join|register|enrol|sign up)\b)"
)
_TO_START = re.compile(r"^[ )]{0,2}(?:to|before you) (?:start|begin|get started|unlock|activate)\b")
_PAY_BEFORE = re.compile(
    r"\b(?:pay(?:s|ing|ment|out|rate)?|paid|salar(?:y|ies)|wages?|rates?|compensat(?:ion|e|ed|ing)|comp|rewards?|"
    r"rewarded|"
    r"earn(?:s|ing|ings)?|budget(?:ed)?|offer(?:s|ing|ed)?|stipend|incomes?|remuneration|bounty|honorarium|"
    r"receives?|gives?|gets?|each one|incentives?|fixed price|flat(?: fee| rate)?|fixed fee|fee offered|"
    r"set aside|(?:(?<!you )can|could|able to|willing to|happy to|prepared to|i'd) spend|"
    r"(?:was|is|am|are|i'm|we're|were) (?:thinking|hoping)(?: of| to pay)?|thinking|base|ote|ctc|keeps?|(?:day|"
    r"daily|session|shoot|speaker) fee|gehalt|lohn|stundenlohn|salario|"
    r"sueldo|salaire|lön|loon|vergütung|zahlen|zahle|bezahlung|verdienst|paga(?:mos|n)?|pago|cobras?|ofrecemos|"
    r"offriamo|"
    r"compenso|rémunération|payé|payons|płacimy|stawka|wynagrodzenie|betalar|betaler|betalt|vi betalar|honorar)\b"
)
_LABEL = re.compile(
    r"(?:^|[\n.|*•(\[]|- )[ *_]{0,3}(?:(?:hourly|daily|weekly|monthly|annual|base|total|estimated|starting) )?"
    r"(?:pay(?:ment)?|salary|wages?|rate|compensation|reward|budget|remuneration|price|bounty|incentive|stipend|"
    r"pay ?rate|pay range|salary range|payment amount|rate of pay|fee offered|gehalt|lohn|salario|sueldo|salaire|"
    r"bezahlung|vergütung|rémunération|compenso|stawka|honorar|presupuesto|budget total)(?: range| rate|"
    r" amount)?[ *_]{0,3}(?::|=|\bis\b|-|"
    r"–)[ *_]{0,3}"
    r"(?:up to |from |is |about |approximately |around |between |starting at |~){0,2}$"
)
_FEE_OF_WORKER = re.compile(
    r"\b(?:you|workers?|applicants?|candidates?)(?:'ll| will| must| need to| have to| should| first| only|"
    r" just){0,2} pay\b|"
    r"^(?:please |just |only )?pay (?:us |me )?(?=\W?$|an? |the |your |only |just )"
)
_UP_TO = re.compile(
    r"\b(?:up to|upto|max(?:imum)?(?: of)?:?|as much as|no more than|not more than|at most|bis zu|hasta|jusqu'à) ?$"
)
_FROM = re.compile(
    r"(?:>=?|≥) ?$|\b(?:from|starting(?: at| from)?|starts (?:at|from)|at least|min(?:imum)?(?: of| is)?:?|"
    r"no less than|more than|"
    r"over|ab|desde|"
    r"à partir de) ?$"
)
_FROM_AFTER = re.compile(r"^ ?(?:to start(?: with)?\b|and up|or more|minimum|min\b|and above|or higher|upwards)")
_UP_TO_AFTER = re.compile(r"^ ?(?:max(?:imum)?\b|tops\b|at (?:the )?(?:very )?most\b|or less\b|limit\b|ceiling\b)")
_POINTS_WORTH = Cue(
    r"([0-9][0-9.,]{0,9}) ?(?:points?|pts|swagbucks|sb|coins)(?: (?:are|is))? ?(?:=|equals?|(?:are |is )?worth|for|"
    r"\() ?(?:a )?"
    r"(?:us)?\$ ?([0-9][0-9.,]{0,7})",
)
_FOR_ALL = re.compile(
    r"^[ ,]{0,2}(?:for (?:the (?:whole|entire|lot|job|work|set|complete|full|morning|afternoon|evening|"
    r"weekend|night|task|project|"
    r"gig|report|visit)|this|it all|all of|everything|your (?:time|trouble|help))|in total|all in|fixed|flat|"
    r"by (?:bank|"
    r"paypal|cash|"
    r"transfer|cheque|check)|via (?:paypal|bank|venmo|wise)|cash\b|in cash|plus (?:tips?|travel|expenses|meals?))"
)
_PEOPLE = Cue(
    r"\b(?:two|three|four|five|six|several|[2-9]|1[0-9]|20) (?:[\w-]{2,12} ){0,2}(?:people|persons|helpers|"
    r"men|women|guys|lads|"
    r"hands|students|labou?rers|workers|volunteers|staff|waiters|movers|adults)\b|"
    r"\b(?:helpers|labou?rers|movers|lads|waiters|witnesses|stewards|extras)\b|"
    r"\b(?:each of you|per (?:person|head|helper|man))\b"
)
_A_HEAD = re.compile(r"^(?:each|apiece|(?:per|a|for each|each) (?:person|head|helper|man|participant))$")
TRIES = 20
"""Words of paying out that are looked at closely."""
LONE_WITHIN = 1_500
"""Characters of a posting in which the only amount of money is the pay even when no word says so."""
_NEGATED = re.compile(r"\b(?:no|not|without|never|isn't|non)\W{1,3}(?:\w{1,12} )?$")

_BLANK_PAY = re.compile(
    r"(?:n\.? ?/ ?a\.?|na|none|null|undefined|unknown|not (?:specified|stated|disclosed|provided|listed)|-+|"
    r"\?+|\.+|0)?"
)
_UNPAID_FIELD = re.compile(
    r"\b(?:no pay(?:ment)?|no compensation|unpaid|non-?paid|not paid|volunteer(?:s|ing)?|voluntary|exposure|"
    r"(?:copy,? )?credit"
    r"(?: and| &|,|/)? ?(?:copy|meals)|copy (?:and|&) credit|tfp|equity only|deferred|for free|free|pro bono|"
    r"experience only|"
    r"no monetary)\b|^(?:\$|€|£)?0(?:\.00)?$"
)
_UNPAID_TEXT = Cue(
    r"\b(?:unpaid(?! (?:invoices?|bills?|debts?|leave|wages|tickets?|overtime))(?: internship| position| role| work|"
    r" gig| project| opportunity)?|(?:looking for|need|seeking|"
    r"recruiting) "
    r"(?:some |a few |more )?volunteers?|volunteers? (?:needed|wanted|position|role|opportunity)|(?:is|are|be) (?:a |"
    r"an )?"
    r"(?:volunteers?|voluntary|unpaid|not paid|non-?paid)(?: position| role)?|there is no pay|no pay(?:ment)? (?:for|"
    r"is|will)|"
    r"no (?:monetary )?compensation|(?:can't|cannot|can not|unable to|not able to) (?:pay|offer (?:any )?(?:pay|"
    r"compensation))|"
    r"no money in (?:it|this)|(?:isn't|is not) paid|(?:can't|cannot|can not) afford to pay|no budget for|"
    r"equity[- ]only|(?:paid|payment) in exposure|for exposure|pro bono|non-paying|no pay\b(?! (?:to|until|cut|"
    r"wall))|volunteers only|(?:it's|it is|this is) (?:all )?voluntary|"
    r"(?:nobody|no ?one) (?:is|gets|will be) paid|for credit (?:and|only)|(?:credit|copy) and (?:a )?copy|"
    r"rather than (?:money|pay)\b|"
    r"no budget\b(?! (?:limit|cap|constraints?|in mind|yet|set))|pay(?:ment|ing)? (?:is |will be )?(?:in|"
    r"with) (?:beer|pizza|"
    r"food|kind|exposure|meals?|drinks?|karma)|profit[- ]share|deferred pay(?:ment)?|tfp shoot|time for prints?)\b",
)
_NEGOTIABLE = Cue(
    r"\b(?:negotiable|negotiate|doe|d\.o\.e|tbd|tbn|to be (?:discussed|determined|negotiated|agreed)|(?:depending|"
    r"depends?|based|"
    r"commensurate) (?:up)?on (?:your |the |level of |one's )?(?:experience|skills?|qualifications|bid|quote)|"
    r"commensurate with|"
    r"make (?:me )?an offer|best offer|name your (?:price|rate)|"
    r"(?:your|hourly|desired|expected|a|me|with|and|typical|usual|asking|day|estimated|ballpark) (?:rates?|quotes?|"
    r"bids?|fees?|pric(?:e|es|ing)|estimates?|"
    r"salary|compensation|pay) (?:for|range|requirements?|expectations?|you|per|and|to|with|in|is|as)|"
    r"(?:send|give|include|quote|state|with|tell|pm|message|email|submit|provide|know|dm) (?:me |us )?(?:with |"
    r"what )?(?:a |an |your )(?:\w{1,12} )?"
    r"(?:rates?|quotes?|bids?|prices?|pricing|estimate|salary|proposal)|"
    r"quote (?:me|us)|(?:discuss|talk|negotiate|agree on)(?: about| on)? (?:the |"
    r"your )?(?:\w{1,12} )?(?:pay(?:ment)?|compensation|rates?|pric(?:e|es|ing)|"
    r"money|salary|budget|terms)|(?:compensation|pay(?:ment)?|rates?|salary|price|budget)(?: is| are| to be|"
    r" will be)? "
    r"(?:open|flexible|negotiable|discussed|to discuss|tbd|doe|up for discussion)|open to (?:offers|discussion)|"
    r"how much (?:you|you'd|you'll|do you|would you|you would|will you|you will)(?: would)? (?:charge|want|cost|like|"
    r"ask)|(?:glad of|happy with|after|get|grateful for) (?:an? |some )?(?:quotes?|estimates?|price)|"
    r"(?:tell|give|send|name|let me know|text|message)(?: me| us)? (?:me |us )?your (?:number|figure|price|terms|"
    r"offer)|"
    r"(?:pay|paying|offer|offering) (?:a |an )?(?:fair|good|reasonable|decent|market|honest|proper) (?:price|rate|"
    r"money|"
    r"wage|pay)|name (?:a|your) (?:price|figure)|(?:sensible|reasonable|all) offers|offers (?:welcome|"
    r"considered|invited|please)|"
    r"what (?:do|would|will|'d) you (?:reckon|say|think (?:is|would be|'s) fair)|will pay (?:hourly|daily|"
    r"weekly|by the|per)\b|price on (?:request|application)|"
    r""
    r"(?:keep|keeping|earn|get|receive|take) (?:an? |your )?[0-9]{1,2} ?(?:% (?:of|and|as|on|for|from|per|commission)|"
    r"percent)|[0-9]{1,2} ?(?:%|percent) (?:commission|of (?:the |each |every |all |what |your )?(?:sales?|profits?|"
    r"takings|"
    r"earnings|fares?|price|amount|it|you))|(?:we|to|and) split (?:the|it|everything|[0-9]{2}|half)|(?:share|cut|slice|"
    r"percentage) of (?:the |all |every |everyone's )?(?:profits?|earnings|takings|sales?|revenue)|"
    r"earn (?:on|from) every(?:one|body|thing)|"
    r"paid (?:on completion|weekly|fortnightly|monthly|daily|same day|in full)|(?:minimum|living|fair|union|industry"
    r"[- ]standard|award|market|standard|usual) (?:wages?|rates?|pay)|good money|(?:by|upon|on) (?:arrangement|"
    r"agreement|"
    r"application)|quotes? (?:please|welcome|only|for the)|please quote|what (?:would|do|will) you (?:ask|want|"
    r"charge|need)|"
    r"(?:what|how much) you(?:'d| would| will|'ll) (?:want|charge|ask)|what you charge|how much (?:(?:it|that|"
    r"this) would|"
    r"would (?:it|that|this)|"
    r"will it|it will)"
    r" (?:be|cost)|ballpark|agree (?:on )?(?:an? |the )?(?:price|rate|fee|sum)|pay on completion|a convenir|"
    r"según (?:experiencia|valía)|pedimos presupuesto|presupuesto cerrado|verhandelbar|nach (?:absprache|"
    r"vereinbarung)|à (?:négocier|débattre|convenir)|sur devis|do uzgodnienia|da concordare|enligt överenskommelse|"
    r"what (?:you|you'd|"
    r"do you|would you)(?: would)? charge|"
    r"commission[- ](?:only|based|basis)|(?:competitive|strong|generous|attractive|excellent|great|good) (?:pay|"
    r"salary|salaries|compensation|"
    r"wages?|rates?|remuneration)|set (?:their|your) own (?:rates?|prices?)|willing to (?:pay|negotiate|compensate)|"
    r"(?:happy|glad|prepared) to (?:pay|compensate)|"
    r"pay(?:ment)? (?:is )?per (?:lead|sale|project|article)|paid per|price per|"
    r"salaried position|will be (?:paid|compensated)|(?:we|i)(?: will|'ll| can| would|'d)?(?: gladly| happily|"
    r" of course)? (?:pay|compensate)|get compensated|pay rates? (?:is|are)|what are your rates|"
    r"portfolio (?:\w{1,8} )?and (?:a )?(?:quote|rates?)|"
    r"pay(?:ment)? (?:would be|will be|is) (?:per|by the|for each))\b",
)
_AVERAGE_BID = Cue(r"\b(?:avg\.?|average) bids?\b")

_CHECK = r"(?:personal |company |cashier'?s? |certified |bank )?"
_MEDIA: tuple[tuple[Medium, Cue], ...] = (
    ("paypal", Cue(r"\bpay ?pal\b")),
    ("venmo", Cue(r"\bvenmo\b")),
    (
        "amazon_balance",
        Cue(r"\bamazon (?:[$0-9.]{1,8} )?(?:cash |account )?(?:balance|credit|payments?)\b"),
    ),
    (
        "gift_card",
        Cue(
            r"\bgift ?-?(?:cards?|certificates?|codes?|vouchers?)\b|\b(?:target|amazon|visa|starbucks|walmart|tesco|"
            r"argos|"
            r"love2shop|ikea|itunes|steam|shopping|store|supermarket|retail) (?:gc|cash card|cards?|vouchers?|"
            r"e-?vouchers?)\b|"
            r"\begift\b|\b(?:euro|pound|dollar|£[0-9]{1,4}|€[0-9]{1,4}|\$[0-9]{1,4}) vouchers?\b|\bgutschein(?:e|"
            r"karte)?\b|"
            r"\bbons? d'achat\b|\btarjeta regalo\b",
        ),
    ),
    (
        "crypto",
        Cue(
            r"\b(?:bitcoins?|btc|ethereum|usdt|usdc|crypto(?:currency)?|monero|litecoin|stablecoins?)\b",
        ),
    ),
    (
        "check",
        Cue(
            rf"\b(?:by|via|with|or|and|an?|the|your|first|final|in|assignment|mail(?:ed)?|send(?:s|ing)?|"
            rf"pay(?:ment)?|paid) "
            rf"{_CHECK}(?:checks?|cheques?)\b(?! (?:your|the|our|my|for|with|on|out|in\b|that|if|it|this|is))|"
            rf"\bcheques?\b|"
            r"\bchecks? (?:or|mailed|sent|overnighted|in the mail|by mail|each|every|once|comes)\b|\bpaycheck\b"
        ),
    ),
    (
        "bank_transfer",
        Cue(
            r"\b(?:bank transfers?|wire transfers?|direct deposit|bank deposit|bank wire|wires?|iban|sepa|ach|"
            r"transferwise|"
            r"wise|payoneer|revolut|bacs|interac|pix|bizum|überweisung|virement|transferencia|bonifico|przelew|"
            r"e-?transfers?|(?:cash|paypal|cheque|check) or (?:\w{2,8} )?transfer|transfer or cash|by transfer|"
            r"(?:to|into|in|via|through|by|or) (?:your |a |the )?(?:own )?(?:local |nigerian |us |"
            r"uk )?bank(?: account)?|"
            r"bank account)\b"
        ),
    ),
    ("cash", Cue(r"\b(?:cash|en efectivo|in bar|bar auf die hand|en esp[eè]ces|contanti|gotówka|fiver|tenner)\b"
                 r"(?! ?-?(?:out|ier|flow|back|prize|register|app|advance))")),
    ("points", Cue(r"\b(?:points|swagbucks|coins)\b")),
    (
        "other",
        Cue(
            r"\b(?:cash ?app|zelle|g-?cash|m-?pesa|upi|paytm|google pay|apple pay|momo|mobile money|skrill|"
            r"western union|"
            r"jazzcash|easypaisa|bkash|nagad|opay|airtime|visa card|prepaid card|debit card)\b"
        ),
    ),
)  # fmt: skip
# A medium counts only beside a word of paying: "integrate PayPal into our shop" pays nobody.
_PAYING = re.compile(
    r"\b(?:pay(?:s|ment|ments|out|outs|able)?|paid|paying|cash(?:ed)? ?out|cashouts?|redeem(?:ed|able)?|rewards?|"
    r"rewarded|compensat(?:ed|ion)|receive|earn|"
    r"gets?|gives? you|send you|goes to|goes out|move it|mailed|overnighted|transfers?|withdraw(?:al)?|"
    r"in the form of|offering)\b"
)
_NOT_PAYING = re.compile(
    r"\b(?:integrat\w{1,5}|gateway|plugin|plug-in|api|checkout|module|button|background|shopping cart|double|spell|"
    r"please|deposit (?:it|the|this)|codes?|scratch|wallet address|into the|assistant|trading|traders?|exchange|mining|"
    r"project|expert|developer|blockchain|balance)\b"
)
_BY_MEDIUM = re.compile(
    r"\b(?:by|via|through|using|in|to (?:your|ur)|into your|on|per|par|por|mit|bei)(?: \w{2,9}){0,1} ?$"
)
_OR_MEDIUM = re.compile(
    r"\b(?:cash|paypal|venmo|che(?:ck|que)|transfer|usdc|usdt|bitcoin|crypto|g-?cash|zelle|bank|wise|card|voucher)s? ?"
    r"(?:or|and|/|&|,) ?(?:an? )?(?:\w{3,10} )?$"
)
_OR_AFTER = re.compile(
    r"^ ?(?:or|/|&|,) ?(?:an? |by )?(?:\w{3,10} )?(?:cash|paypal|venmo|che(?:ck|que)|(?:bank )?transfer|usdc|zelle|"
    r"bank|wise)\b"
)
_AMOUNT_NEAR = re.compile(
    r"[$€£₹₱₦] ?[0-9]|[0-9] ?(?:[$€£]|k\b|usd|eur|gbp|dollars|bucks|quid|pounds|euros?|an? hour|/ ?h|p/h|each|cash)|"
    r"\b[0-9]{2,4} (?:an?|per) (?:hour|day|morning|night|visit)|[0-9] ?$"
)
_LEADING = re.compile(
    r"(?:(?:by|via|with|or|and|an?|the|your|to|into|in|through|first|final|pay(?:ment)?|paid|mail(?:ed)?|"
    r"send(?:s|ing)?) ){0,3}"
)
_NO_PAY_CASH = re.compile(
    r"\b(?:extra|quick|easy|some|fast|tight on|strapped for|pressed for|short on|low on|more|make|beer) $"
)
MOST_ALONE = 40
"""Letters of a sentence that says how it pays and nothing else: "Cash on arrival." """

_MINIMUM_PAYOUT = Cue(
    r"\b(?:min(?:imum)?\.? (?:to )?(?:pay-? ?outs?|cash-? ?outs?|withdrawal|redemption|redeem|balance|payment|transfer)"
    r"(?: amount| threshold| is| of| for \w{2,10}|:| just| only){0,6}|"
    r"(?:pay-? ?out|cash-? ?out|withdrawal|redemption|payment|transfer) (?:minimum|threshold|limit|min|at|from)"
    r"(?: amount| is| of| for \w{2,10}|:| just| only){0,6}|"
    r"(?:cash(?:ed|ing)? out|redeem|withdraw|payout|pays out|paid out|pay out)(?: \w{1,12}){0,3} (?:at|after|"
    r"when you (?:reach|hit|have)|once you (?:reach|hit|have)|"
    r"starting (?:at|from)|from|reaching|for as (?:low|little) as)(?: just| only)?|"
    r"(?:you )?need (?:at least |a minimum of )?(?=(?:us)?\$?[0-9][0-9,.]{0,8} ?(?:points|sb|swagbucks|coins)?"
    r" (?:points )?(?:to|before (?:you can )?)(?: be able to)? ?(?:cash|redeem|withdraw)))"
    r" ?",
)
# Words of paying out, the end of whose sentence may say from which sum: "withdraw whenever your balance is above $25".
_PAYING_OUT = Cue(
    r"\b(?:cash(?:ed|ing)? ?-?outs?|pay ?-?outs?|paid out|pays out|paying out|withdraw|withdrawn|withdrawals?|redeem|"
    r"redeemed|"
    r"transfers?|transferred|exchanged?|balance|wallet|earnings|move it|send it|have it|get it|goes to|paid|pays?|"
    r"payments?)\b"
)
_WHEN_REACHED = re.compile(
    r"[^.\n]{0,50}? (?:once|when|whenever|as soon as|as long as|provided|if|until|any day|after|from the moment)"
    r"(?: \w{2,12}){0,3} (?:(?:has |have |you(?:'ve| have)? |it )?(?:reach(?:es|ed)?|hits?|gets? to|(?:is|"
    r"are) (?:up to|"
    r"at least|over|above|more than)|it's (?:above|over|at least|up to)|pass(?:es|ed)?|exceeds?|goes (?:above|over)|"
    r"tops|"
    r"collected|accumulated?|built up|saved up|have(?: at least| over)?)|at least|a minimum of|minimum|over|above)"
    r"(?: just| only)? ?"
)
_SMALLEST = Cue(
    r"\b(?:smallest|least|lowest|minimum)(?: amount| sum)?(?: \w{2,8}){0,2} (?:cash out|withdraw|redeem|exchange|"
    r"pay out|"
    r"transfer)\b"
)
_AMOUNT_IS_THE = re.compile(
    r"(?:[$€£₹₱₦]|\b(?:us|rs\.?|php|ngn|inr|eur|usd|gbp) ?)?[0-9][0-9.,]{0,9} ?(?:points|coins|pts|credits|tokens|"
    r"pesos|rupees|naira|euros?|dollars|€|£)? (?:is|are) the $"
)
# The price of a reward in points is what one has to collect: "a $5 gift card (450 points)".
_REWARD_PRICE = Cue(
    r"\b(?:gift ?cards?|vouchers?|paypal) ?(?:\(|for (?:just |only )?)([0-9][0-9.,]{0,8}) ?(?:points|pts|sb|"
    r"swagbucks|coins)\b|"
    r"\b(?:redeem|exchange) (?:just |only )?([0-9][0-9.,]{0,8}) ?(?:points|pts|sb|swagbucks|coins) for\b"
)

_WORKER_FEE = Cue(
    r"\b(?:registration|application|training|starter|joining|enrol?lment|processing|membership|background check|"
    r"activation|"
    r"onboarding|sign-?up|agency|security|refundable|certification|placement|admin(?:istration)?) (?:fee|deposit|kit|"
    r"cost|payment|box|pack|package)s?"
    r"(?: of| is|:| costs?)? ?",
)

_PER_AMOUNT = frozenset[PayUnit]({"task", "item"})


@dataclass(frozen=True, slots=True)
class PayContext:
    """What decides the reading of amounts beside the words themselves."""

    board: str
    country: str | None
    day: date
    trust_text: bool  # amounts in the text of something that is no offer are prices
    duration_minutes: float | None
    duration_cite: Evidence | None


def read_pay(posting: Posting, title: Passage, description: Passage, context: PayContext) -> tuple[Pay, Evidences]:
    """Pay of one posting with its evidence (fields "pay", "pay.unit", "pay.media", "pay.minimum_payout"...)."""
    evidence: Evidences = {}
    pay = Pay()
    field = (
        Passage("description", " ".join((posting.pay.text or "").split())) if posting.pay and posting.pay.text else None
    )

    average = _average_bid(field, context)
    amount = None
    if average is not None:
        pay.status = "negotiable"
        pay.average_bid, pay.currency = average
        evidence["pay"] = [by_board("pay.text")]
    else:
        amount = _structured(posting, field, context)
        if amount is None and field is not None:
            amount = _from_field(field, context)
        if amount is not None and amount.unit is None and context.trust_text:
            amount = _completed(amount, title, description)
    if amount is None and average is None:
        status = _status_of_field(field, pay, evidence)
        if not status and context.trust_text:
            amount = None if _unpaid(title) is not None else _from_text(title, description)
            if amount is None:
                _status_of_text(title, description, pay, evidence)
        elif status and pay.status == "negotiable" and context.trust_text:
            amount = _from_text(title, description)
            if amount is not None:
                pay = Pay()
    if amount is not None:
        evidence["pay"] = list(amount.cites)
        _state(pay, amount, posting, context, evidence, title, description)
    _read_media(pay, field, title, description, evidence, context.trust_text)
    _read_minimum_payout(pay, title, description, context, evidence)
    if context.trust_text:
        _read_worker_fee(pay, title, description, context, evidence)
    _read_hourly(pay, context, evidence, description)
    return pay, evidence


# ---- amounts


def _average_bid(field: Passage | None, context: PayContext) -> tuple[float, str | None] | None:
    if field is None or not _AVERAGE_BID.search(field.low):
        return None
    mention = next(money.mentions(field.low, bare=True), None)
    if mention is None or mention.low is None:
        return None
    return mention.low, money.currency_code(mention.sign, context.country)


def _structured(posting: Posting, field: Passage | None, context: PayContext) -> _Amount | None:
    """The board's own numbers; zero means that a bound is missing."""
    if posting.pay is None:
        return None
    low = posting.pay.min if posting.pay.min and 0 < posting.pay.min <= money.MAX_AMOUNT else None
    high = posting.pay.max if posting.pay.max and 0 < posting.pay.max <= money.MAX_AMOUNT else None
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high = high, low
    unit = units.board_unit(posting.pay.unit)
    sign = posting.pay.currency
    if field is not None and (unit is None or not sign):
        said = _from_field(field, context)
        if said is not None:
            unit = unit or said.unit
            sign = sign or said.sign
        unit = unit or units.unit_anywhere(field.low)
    named = [name for name, value in (("pay.min", low), ("pay.max", high)) if value is not None]
    return _Amount(low, high, sign, unit, tuple(by_board(name) for name in named))


def _from_field(field: Passage, context: PayContext) -> _Amount | None:
    """The first amount of a pay field: every number there is pay, unless it counts something."""
    for mention in money.mentions(field.low, bare=True):
        before, after = field.low[: mention.start], field.low[mention.end :]
        if mention.top <= 0 or _OTHER_AFTER.match(after) or after.startswith("%"):
            continue
        low, high = _bounds(mention, before, after)
        found = units.unit_after(field.low, mention.end) or units.unit_before(field.low, mention.start)
        unit = found.unit if found is not None else units.unit_anywhere(field.low)
        per = found.per if found is not None else 1.0
        if unit is None and mention.low != mention.high and context.board in habits.HOURLY_RANGE_BOARDS:
            unit = "hour"
        return _Amount(
            _divided(low, per), _divided(high, per), mention.sign, unit, (by_board("pay.text"),), mention.kilo
        )
    return None


def _completed(amount: _Amount, title: Passage, description: Passage) -> _Amount:
    """The board's amount with the unit, and the range, that the text gives it: "$12" and "$12-15 an hr"."""
    for passage in (title, description):
        for candidate in _candidates(passage, crowd=False):
            said = candidate.amount
            same = (said.low == amount.low, said.high == amount.high)
            if said.unit is not None and any(same) and (said.low, said.high) != (None, None):
                plain = amount.low == amount.high or None in (amount.low, amount.high)
                low, high = (said.low, said.high) if plain and same[0] else (amount.low, amount.high)
                return replace(amount, low=low, high=high, unit=said.unit, cites=(*amount.cites, *said.cites))
    return amount


def _divided(amount: float | None, per: float) -> float | None:
    return amount if amount is None or per == 1.0 else round(amount / per, 6)


def _bounds(mention: Mention, before: str, after: str) -> tuple[float | None, float | None]:
    """Bottom and top: "up to $50" has no bottom, "from $20" and "$20+" no top, a single amount is both."""
    low, high = mention.low, mention.high
    if low == high:
        if _UP_TO.search(before[-24:]) or _UP_TO_AFTER.match(after[:16]):
            return None, high
        if mention.plus or _FROM.search(before[-24:]) or _FROM_AFTER.match(after[:24]):
            return low, None
    if low == 0:
        low = None
    return low, high


@dataclass(frozen=True, slots=True)
class _Candidate:
    rank: float
    amount: _Amount


def _from_text(title: Passage, description: Passage) -> _Amount | None:
    """The amount that most surely is pay: a labelled line ("Reward: $2"), then the title, then prose with a unit."""
    best: _Candidate | None = None
    crowd = any(passage.search(_PEOPLE) for passage in (title, description))
    for passage in (title, description):
        for candidate in _candidates(passage, crowd):
            if best is None or candidate.rank > best.rank:
                best = candidate
    return best.amount if best is not None else _lone(title, description)


def _lone(title: Passage, description: Passage) -> _Amount | None:
    """The only amount of money of a short offer, where nothing says that it is anything else."""
    if len(description.text) > LONE_WITHIN:
        return None
    found: list[_Amount] = []
    for passage in (title, description):
        low = passage.low
        for mention in money.mentions(low):
            before = clause_before(low, mention.start, OTHER_REACH)
            unit = units.unit_after(low, mention.end)
            after = clause_after(low, mention.end if unit is None else max(unit.end, mention.end), 60)
            if mention.top <= 0:
                continue
            if mention.sign in money.POINT_WORDS:
                return None
            if _OTHER_BEFORE.search(before) or _OTHER_AFTER.match(after) or _TO_START.match(after):
                return None
            if _FEE_OF_WORKER.search(before) or _under_benefits(low, mention.start):
                return None
            bottom, top = _bounds(mention, before, after)
            cite = passage.cite(mention.start, mention.end)
            found.append(_Amount(bottom, top, mention.sign, None, (cite,), mention.kilo))
    return found[0] if len({(amount.low, amount.high) for amount in found}) == 1 else None


def _candidates(passage: Passage, crowd: bool) -> Iterator[_Candidate]:
    low = passage.low
    for mention in money.mentions(low, bare=True):
        if mention.top <= 0:
            continue
        unit = units.unit_after(low, mention.end) or units.unit_before(low, mention.start)
        label = bool(_LABEL.search(low[max(0, mention.start - 60) : mention.start]))
        if unit is None and _LPA.search(low, mention.start, mention.end):
            unit = UnitFound("year", 1.0, mention.start, mention.end)
        promised = mention.top >= LEAST_BARE and _NO_NOUN.match(low, mention.end) is not None and not mention.counts
        promised = promised and (label or bool(_PAYS_BARE.search(low[max(0, mention.start - 30) : mention.start])))
        in_cash = mention.sign is None and not mention.counts and mention.top >= LEAST_IN_CASH
        in_cash = in_cash and _CASH.match(low, mention.end) is not None
        promised = promised or in_cash
        if mention.sign is None and unit is None and not mention.kilo and not promised:
            continue
        before = clause_before(low, mention.start, 80)
        after = clause_after(low, mention.end, 60)
        if unit is not None:
            after = clause_after(low, max(unit.end, mention.end), 60)
        word = _last(_PAY_BEFORE, before)
        other = _last(_OTHER_BEFORE, before[-OTHER_REACH:])
        if other is not None:
            other += max(0, len(before) - OTHER_REACH)
        if other is not None and (back := _LAST_REFUND.search(before)) is not None and back.start() <= other:
            other = None  # "meal refunded up to £20 and £10 for the report"
        if not label and other is not None and (word is None or word < other):
            continue
        if not label and word is None and _under_benefits(low, mention.start):
            continue
        if (unit is None and _TO_START.match(after)) or _OTHER_AFTER.match(after) or _FEE_OF_WORKER.search(before):
            continue
        if mention.sign in money.POINT_WORDS and not (word is not None or passage.source == "title"):
            continue
        rank = 0.0
        if label:
            rank += 4
        if mention.sign is not None or in_cash:
            rank += 1
        if unit is not None:
            rank += 1.5 if unit.unit != "task" else 1
        if word is not None:
            rank += 1
        if passage.source == "title":
            rank += 1.5
        if mention.kilo and mention.low != mention.high:
            rank += 1
        low_bound, high_bound = _bounds(mention, before, after)
        if low_bound is None or high_bound is None:
            rank -= 0.4  # "up to" and "from" say less than the plain amount
        if (mention.sign is not None or mention.kilo) and _FOR_ALL.match(after):
            rank += 1
        needed = 2.0 if mention.sign is not None or mention.kilo else 2.5
        bare_title = passage.source == "title" and unit is not None and unit.start >= mention.end
        if mention.sign is None and (
            promised
            or (mention.kilo and _FOR_ALL.match(after) is not None)
            or (unit is not None and _speaks_for_itself(mention, unit, low, before))
        ):
            bare_title, needed = True, 0.6
        if rank < needed or (mention.sign is None and word is None and not label and not bare_title):
            continue
        start = min(mention.start, unit.start) if unit is not None else mention.start
        end = max(mention.end, unit.end) if unit is not None else mention.end
        per = unit.per if unit is not None else 1.0
        if unit is not None and _A_HEAD.match(low[unit.start : unit.end]) and crowd:
            unit = units.unit_after(low, unit.end)  # "two people, $60 each for the day": what one worker gets
        yield _Candidate(
            rank,
            _Amount(
                _divided(low_bound, per),
                _divided(high_bound, per),
                mention.sign,
                unit.unit if unit is not None else None,
                (passage.cite(start, end),),
                mention.kilo,
            ),
        )


def _speaks_for_itself(mention: Mention, unit: UnitFound, low: str, before: str) -> bool:
    """A bare number that with its unit can only be pay: "50 an hour", "22 a morning", ".35 a record", and
    at the beginning of a sentence "300 a week" or "15k per month"."""
    if unit.start < mention.end or mention.counts:
        return False
    words = low[unit.start : unit.end]
    if unit.unit in _LEAST_OF_TIME:
        return mention.top >= _LEAST_OF_TIME[unit.unit] and not before.strip(" ,(-*:")
    if unit.unit == "hour" or _A_TURN.search(words):
        return (mention.low or 0) >= LEAST_BARE and mention.top <= MOST_BARE
    return unit.unit == "item" and mention.top < 1 and "." in low[mention.start : mention.end]


_BENEFITS = re.compile(
    r"\b(?:benefits|perks)\b(?: \w{2,9}){0,2} ?[:\n](?!.{0,300}\b(?:pay|salary|wages?|rate|compensation)\b)", re.DOTALL
)


def _under_benefits(low: str, at: int) -> bool:
    """Whether an amount stands in a list of benefits, with no word of pay between."""
    return _BENEFITS.search(low, max(0, at - 300), at) is not None


_LAST_REFUND = re.compile(
    r"\b(?:refunded|reimbursed|reimbursement|refund)(?: \w{2,6}){0,2} [$€£][0-9][0-9.,]{0,6} "
    r"(?:and|plus) (?:an? )?(?:extra )?$"
)
_LPA = re.compile(r"\blpa\b")
_PAYS_BARE = re.compile(
    r"\b(?:pay(?:ing)?|offer(?:ing)?|give|budget(?: is| of)?|paid)(?: you)?(?: up to| about| around| from| between)? $"
)
_NO_NOUN = re.compile(
    r" ?(?:$|[\n.,;)/*-]|(?:flat|for|per|an?|each|cash|once|total|all|in|when|plus|to|or|and|by|via|paid|obo|firm|"
    r"net)\b)"
)
"""What may follow a bare number that a label makes pay; a noun would say what it counts."""
_CASH = re.compile(r" ?(?:in )?cash(?! ?-?(?:out|back|prize|register|app))\b")
LEAST_IN_CASH = 5.0
"""From which a bare number before "cash" is money."""
LEAST_BARE, MOST_BARE = 3.0, 1_000.0
"""What a bare number can be that is pay by its unit alone."""
_LEAST_OF_TIME: dict[PayUnit, float] = {"day": 30.0, "week": 100.0, "month": 300.0, "year": 10_000.0}
"""From which a bare number per day, week, month or year is money; "five a day" counts something."""
_A_TURN = re.compile(r"\b(?:morning|afternoon|evening|night|shift|visit|walk|lesson|session)$")


def _last(pattern: re.Pattern[str], text: str) -> int | None:
    """Where the last match begins."""
    found = None
    for match in pattern.finditer(text):
        found = match.start()
    return found


# ---- what the amount means


def _state(
    pay: Pay,
    amount: _Amount,
    posting: Posting,
    context: PayContext,
    evidence: Evidences,
    title: Passage,
    description: Passage,
) -> None:
    pay.status = "stated"
    pay.min, pay.max = amount.low, amount.high
    if amount.sign is not None and amount.sign.strip().lower() in money.POINT_WORDS:
        pay.unit = amount.unit or "task"
        top = amount.high if amount.high is not None else amount.low or 0.0
        pay.points = Points(amount=top, usd=_points_worth(top, title, description, evidence))
        if pay.points.usd is not None:
            share = pay.points.usd / top
            pay.usd_min = None if pay.min is None else round(pay.min * share, 4)
            pay.usd_max = None if pay.max is None else round(pay.max * share, 4)
        return
    if amount.sign is not None:
        pay.currency = money.currency_code(amount.sign, context.country)
    else:
        pay.currency = _home_currency(context.country)
    if pay.currency is not None:
        rate = usd_rate(pay.currency, context.day)
        if rate is not None:
            pay.rate_date = rate.day
            pay.usd_min = None if pay.min is None else round(pay.min * rate.usd, 4)
            pay.usd_max = None if pay.max is None else round(pay.max * rate.usd, 4)
    pay.unit = amount.unit or _unit_by_size(pay, amount, posting)


def _home_currency(country: str | None) -> str | None:
    """A bare number is in the country's money; without a country in US dollars, as on the boards that leave it out."""
    if country is None:
        return "USD"
    from index.normalize.place import country_currencies

    return country_currencies().get(country)


def _unit_by_size(pay: Pay, amount: _Amount, posting: Posting) -> PayUnit:
    if posting.board in habits.HIT_BOARDS:
        return "item"
    top = pay.usd_top
    if top is not None and top >= YEARLY_FROM and posting.board not in habits.TASK_BOARDS:
        return "year"
    return "task"


def _points_worth(points: float, title: Passage, description: Passage, evidence: Evidences) -> float | None:
    for passage in (title, description):
        match = passage.search(_POINTS_WORTH)
        if match is not None:
            many = money.parse_number(match.group(1).rstrip(".,"))
            dollars = money.parse_number(match.group(2).rstrip(".,"))
            if many and dollars:
                evidence["pay.points"] = [passage.cite(*match.span())]
                return round(points * dollars / many, 4)
    return None


def _status_of_field(field: Passage | None, pay: Pay, evidence: Evidences) -> bool:
    """Status from a pay field without an amount: words there mean that the poster answered the question of pay."""
    if field is None or _BLANK_PAY.fullmatch(field.low.strip()):
        return False
    evidence["pay"] = [by_board("pay.text")]
    if _UNPAID_FIELD.search(field.low):
        pay.status = "unpaid"
        return True
    pay.status = "negotiable"
    pay.unit = units.unit_anywhere(field.low)
    return True


def _unpaid(passage: Passage) -> Evidence | None:
    match = passage.search(_UNPAID_TEXT)
    if match is None or _NEGATED.search(passage.low[max(0, match.start() - 24) : match.start()]):
        return None
    return passage.cite(*match.span())


def _status_of_text(title: Passage, description: Passage, pay: Pay, evidence: Evidences) -> None:
    for passage in (title, description):
        cite = _unpaid(passage)
        if cite is not None:
            pay.status = "unpaid"
            evidence["pay"] = [cite]
            return
    for passage in (title, description):
        for match in passage.finditer(_NEGOTIABLE):
            if not _NEGATED.search(passage.low[max(0, match.start() - 24) : match.start()]):
                pay.status = "negotiable"
                evidence["pay"] = [passage.cite(*match.span())]
                return


# ---- what else is said of pay


def _read_media(
    pay: Pay, field: Passage | None, title: Passage, description: Passage, evidence: Evidences, trust_text: bool
) -> None:
    cites: list[Evidence] = []
    media: list[Medium] = []
    if pay.points is not None:
        media.append("points")
    if field is not None:
        for medium, pattern in _MEDIA:
            if medium not in media and pattern.search(field.low):
                media.append(medium)
                cites.append(by_board("pay.text"))
    for passage in (title, description) if trust_text else ():
        for medium, pattern in _MEDIA:
            if medium in media:
                continue
            for match in passage.finditer(pattern, READ):
                if _pays_so(medium, passage.low, match):
                    media.append(medium)
                    cites.append(passage.cite(*match.span()))
                    break
    if media:
        pay.media = media
        if cites:
            evidence["pay.media"] = cites


def _pays_so(medium: Medium, low: str, match: re.Match[str]) -> bool:
    """Whether a medium is how the work is paid: beside a word of paying, an amount or another medium, after "by" or
    "via", or as the whole of a short sentence."""
    start = match.start() + len(_LEADING.match(match.group()).group())  # type: ignore[union-attr]  # may be empty
    before, after = clause_before(low, start, 50), clause_after(low, match.end(), 40)
    around = f"{before} {low[start : match.end()]} {after[:20]}"
    if medium == "cash" and _NO_PAY_CASH.search(before):
        return False
    if _NOT_PAYING.search(around) or _NEGATED.search(before):
        return False
    priced = medium == "gift_card" and any(sign in around for sign in "$£€")
    if priced or _PAYING.search(around.replace(match.group(), " ") if medium == "paypal" else around):
        return True
    if _BY_MEDIUM.search(before) or _OR_MEDIUM.search(before) or _OR_AFTER.match(after):
        return True
    if _AMOUNT_NEAR.search(before[-30:]):
        return True
    return not before.strip() and medium != "points" and len(after) < MOST_ALONE


def _read_minimum_payout(
    pay: Pay, title: Passage, description: Passage, context: PayContext, evidence: Evidences
) -> None:
    for passage in (title, description):
        for start, end in _thresholds(passage):
            mention = next(money.mentions(passage.low[end : end + 40], bare=True), None)
            if mention is None or mention.start > 12 or mention.low is None:
                continue
            _set_minimum_payout(pay, mention, context)
            evidence["pay.minimum_payout"] = [passage.cite(start, end + mention.end)]
            return


def _thresholds(passage: Passage) -> Iterator[tuple[int, int]]:
    """Where it is said from which sum one is paid; the sum follows the end."""
    low = passage.low
    for match in passage.finditer(_MINIMUM_PAYOUT):
        yield match.span()
    for match in islice(passage.finditer(_PAYING_OUT), TRIES):
        reached = _WHEN_REACHED.match(low, match.end(), match.end() + 140)
        if reached is not None:
            yield match.start(), reached.end()
    for match in passage.finditer(_SMALLEST):
        begin = max(0, match.start() - 40)
        amount = _AMOUNT_IS_THE.search(low, begin, match.start())
        if amount is not None:
            yield amount.start(), amount.start()
    for match in passage.finditer(_REWARD_PRICE):
        number = match.start(1) if match.group(1) else match.start(2)
        yield number, number


def _set_minimum_payout(pay: Pay, mention: Mention, context: PayContext) -> None:
    amount = mention.low or 0.0
    if mention.sign in money.POINT_WORDS or (mention.sign is None and pay.points is not None):
        worth = None
        if pay.points is not None and pay.points.usd is not None and pay.points.amount:
            worth = round(amount * pay.points.usd / pay.points.amount, 4)
        pay.minimum_payout = MinimumPayout(amount=amount, currency="points", usd=worth)
        return
    currency = money.currency_code(mention.sign, context.country) if mention.sign else _home_currency(context.country)
    rate = usd_rate(currency, context.day) if currency else None
    pay.minimum_payout = MinimumPayout(
        amount=amount, currency=currency, usd=round(amount * rate.usd, 4) if rate is not None else None
    )


def _read_worker_fee(pay: Pay, title: Passage, description: Passage, context: PayContext, evidence: Evidences) -> None:
    for passage in (title, description):
        for match in passage.finditer(_WORKER_FEE):
            before = clause_before(passage.low, match.start(), 50)
            if _NEGATED.search(before) or re.search(
                r"\b(?:free|no|waive[ds]?|we (?:pay|cover)|covered|never|without)\b", before
            ):
                continue
            near = passage.low[max(0, match.start() - 16) : match.end() + 20]
            offset = max(0, match.start() - 16)
            mention = next(money.mentions(near), None)
            if mention is None:
                continue
            start, end = min(match.start(), offset + mention.start), max(match.end(), offset + mention.end)
            cite = passage.cite(start, end)
            pay.worker_fee = Fee(
                amount=mention.low, currency=money.currency_code(mention.sign, context.country), text=cite.text
            )
            evidence["pay.worker_fee"] = [cite]
            return


_HOURS_OF_PERIOD = Cue(
    r"\b([1-9][0-9]?(?:\.5)?)(?: ?(?:-|to) ?([1-9][0-9]?(?:\.5)?))? ?-?(?:hours?|hrs?)(?: a| per| each|/| ?/ ?|"
    r"-)? ?(day|week|month|days?|shift)\b",
)


def _read_hourly(pay: Pay, context: PayContext, evidence: Evidences, description: Passage) -> None:
    """US dollars an hour: as stated, or by a stated duration; never by a guess of how long something takes."""
    if pay.usd_min is None and pay.usd_max is None:
        return
    hours: tuple[float, float] | None = None
    basis: PayBasis = "stated"
    if pay.unit == "hour":
        hours = (1.0, 1.0)
    elif pay.unit in _PER_AMOUNT and context.duration_minutes:
        hours = (context.duration_minutes / 60, context.duration_minutes / 60)
        basis = "duration"
        if context.duration_cite is not None:
            evidence["pay.usd_per_hour"] = [context.duration_cite]
    elif pay.unit in {"day", "week", "month"}:
        match = next(
            (found for found in description.finditer(_HOURS_OF_PERIOD) if found.group(3).startswith(pay.unit)), None
        )
        if match is not None:
            least = float(match.group(1))
            most = float(match.group(2) or match.group(1))
            if least <= most <= {"day": 24, "week": 100, "month": 400}[pay.unit]:
                hours = (least, most)
                basis = "period"
                evidence["pay.usd_per_hour"] = [description.cite(*match.span())]
    if hours is None:
        return
    pay.basis = basis
    # The least an hour can bring is the bottom pay for the longest time.
    pay.usd_per_hour_min = None if pay.usd_min is None else round(pay.usd_min / hours[1], 4)
    pay.usd_per_hour_max = None if pay.usd_max is None else round(pay.usd_max / hours[0], 4)
