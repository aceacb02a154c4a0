"""Things to say, made up without end: words of many languages in any order, and syllables that are no words.

English words --patterns--> "the brave doctor found seven pumpkins near a bridge"
text in other languages --words in any order--> what sounds like the language
onsets, vowels, endings --> syllables in which every sound is as frequent as every other
"""

import numpy as np


def _words(text: str, between: str | None = None) -> list[str]:
    return text.split(between)


LANGUAGES: dict[str, str] = {
    "en-us": "", "en-gb": "",
    "de": "Über sieben Brücken musst du gehen. Der fröhliche Bäcker verkauft frische Brötchen und Apfelkuchen. "
    "Viele kleine Leute machen schöne große Pläne. Morgen früh fährt mein Vater zum Fluss und fängt Fische. "
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Bitte bringen Sie mir einen Pfannkuchen.",
    "fr-fr": "Le petit bateau bleu passe sous le vieux pont de pierre. Ma voisine prépare une bonne soupe aux "
    "champignons. Nous voulons beaucoup de pain frais et du fromage. Ce brave homme fume une pipe devant la fenêtre. "
    "Vous avez un bon parfum, monsieur. Un chasseur sachant chasser vient de loin.",
    "es": "El perro blanco busca un hueso bajo la mesa. Mi abuela prepara pan y sopa para toda la familia. "
    "Vamos a beber vino fresco en la plaza del pueblo. Quiero comprar veinte manzanas verdes y una piña. "
    "El jinete llegó muy temprano por el camino viejo. La música y el baile hacen feliz a la gente.",
    "it": "Il bambino beve un bicchiere di latte fresco. Mia zia prepara gli gnocchi con pomodoro e basilico. "
    "Vogliamo passeggiare verso la piazza prima che piova. Il pesce fresco si vende al mercato del porto. "
    "Che bella giornata per fare una foto alla famiglia.",
    "ca": "El nen petit beu un got de llet fresca. La meva àvia prepara pa i sopa per a tota la família. "
    "Volem passejar per la platja abans de la pluja. Pots obrir la finestra, si us plau. El vaixell blau passa sota el "
    "pont de pedra. Vull comprar cinc pomes verdes i una ampolla de vi. El peix fresc es ven al mercat.",
    "pt": "O menino bebe um copo de leite fresco. Minha avó prepara pão e bolo para a família. "
    "Vamos passear pela praia antes da chuva. Você pode abrir a janela, por favor. O pescador voltou muito cedo.",
    "nl": "De vrolijke bakker verkoopt verse broodjes en appeltaart. Mijn buurman fietst elke morgen naar het werk. "
    "Wij willen graag vijf pannenkoeken met suiker. De boot vaart langzaam onder de brug door.",
    "sv": "Min mormor bakar bröd och bullar varje fredag. Båten far under bron mot hamnen. "
    "Vi vill köpa fem mogna päron och ett paket smör. Sjuksköterskan skjutsar sju barn till skolan.",
    "pl": "Mój pies biega po polu i szuka patyka. Babcia piecze pyszny chleb i placek ze śliwkami. "
    "Wczoraj padał deszcz, więc wzięliśmy parasol. Chrząszcz brzmi w trzcinie. Proszę kupić pięć jabłek i wodę.",
    "ru": "Мой брат покупает белый хлеб и варенье. Бабушка печёт пироги с грибами и капустой. "
    "Вчера вечером мы видели фильм про море. Пожалуйста, откройте окно, здесь жарко. Быстрая рыба плывёт под мостом.",
    "cs": "Můj pes běhá po poli a hledá míč. Babička peče chléb a výborné buchty. Včera pršelo, proto máme deštník. "
    "Prosím pět jablek a vodu. Tři sta třicet tři stříbrných křepelek přeletělo přes střechu.",
    "tr": "Küçük çocuk bahçede top oynuyor. Annem fırında ekmek ve börek pişiriyor. Yarın sabah vapura binip "
    "karşıya geçeceğiz. Lütfen pencereyi açar mısınız? Beş kilo patates ve bir paket un aldım.",
    "fi": "Pieni poika juoksee puistossa ja heittää palloa. Äiti leipoo leipää ja mustikkapiirakkaa. "
    "Huomenna matkustamme laivalla saareen. Voisitko avata ikkunan, kiitos. Hyvää yötä ja kauniita unia.",
    "hu": "A kisfiú labdával játszik a parkban. Nagymama finom kenyeret és pogácsát süt. Holnap hajóval megyünk a "
    "szigetre. Kérem, nyissa ki az ablakot. Öt kiló burgonyát és zöldpaprikát vettem.",
    "el": "Ο μικρός σκύλος παίζει στον κήπο με μια μπάλα. Η γιαγιά φτιάχνει ψωμί και πίτα με τυρί. "
    "Θέλουμε να πάμε βόλτα στη θάλασσα. Παρακαλώ ανοίξτε το παράθυρο. Το βράδυ φυσάει δυνατός άνεμος.",
    "hi": "छोटा लड़का बगीचे में गेंद से खेलता है। मेरी माँ रोटी और सब्ज़ी बनाती है। कल सुबह हम बाज़ार जाएँगे। "
    "कृपया खिड़की खोल दीजिए। मुझे फल और पानी चाहिए।",
    "id": "Anak kecil itu bermain bola di taman. Ibu memasak nasi dan ikan bakar. Besok pagi kami pergi ke pasar. "
    "Tolong buka jendela itu. Saya mau membeli lima buah pepaya dan pisang.",
    "sw": "Mtoto mdogo anacheza mpira bustanini. Mama anapika wali na samaki. Kesho asubuhi tutaenda sokoni. "
    "Tafadhali fungua dirisha. Ninataka kununua ndizi tano na maembe.",
    "ja": "ちいさな いぬが こうえんで あそびます。 おかあさんは ぱんと みそしるを つくります。 "
    "あしたの あさ ふねで しまへ いきます。 まどを あけて ください。 ふゆの かぜは つめたい。",
    "ko": "작은 강아지가 공원에서 공을 가지고 놀아요. 어머니는 밥과 생선을 요리해요. 내일 아침 배를 타고 섬에 가요. "
    "창문을 열어 주세요. 바나나와 포도를 많이 샀어요.",
    "cmn": "小 狗 在 公园 里 玩 皮球。 妈妈 做 米饭 和 面包。 明天 早上 我们 坐 飞机 去 北京。 请 把 窗户 打开。 "
    "我 想 买 五 个 苹果 和 葡萄。 他 非常 喜欢 跑步 和 唱歌。",
}  # fmt: skip
"""Text of ours in languages of espeak; English has patterns of its own."""

_ADJECTIVES = _words(
    "big happy purple brave fresh thick thin smooth yellow quiet loud foggy sharp cheap rough gentle wooden broken "
    "famous bitter heavy frozen young bright rapid vivid plump shy worthy weird huge modern empty proper fabulous calm"
)
_NOUNS = _words(
    "puppy baker river mother father brother doctor pumpkin window feather bridge village cup chamber jacket garden "
    "shepherd football vegetable thumb mirror rabbit pocket valley whale judge orange finger paper cabin voyage "
    "kitchen music teacher apple mountain wolf shovel picture engine lemon blanket thief oven cousin beach coin toy "
    "boy house mouse cloud joke pile number camp lamp problem film van cave leaf roof cough month bath zoo"
)
_VERBS = _words(
    "found bought moved carried watched painted shaved fixed opened pushed dropped gave took brought caught threw "
    "buried weighed joined squeezed measured followed kept mixed baked drew chose robbed jumped over shook gathered "
    "remembered forgot visited believed warmed froze heard thought about poured washed sold polished"
)
_PLACES = _words(
    "near a bridge, under the old roof, behind the shop, before breakfast, with both thumbs, in the evening, "
    "after five months, for no reason, without a map, above the clouds, by the river bank, at half past four, "
    "between the poplar trees, every Wednesday, from morning till night, on a cold February day, beyond the hills",
    ", ",
)
_COUNTS = _words("one two three four five six seven eight nine ten eleven twelve thirteen twenty forty a hundred")
_PHRASES = _words(
    "good morning, how are you today; please come in and sit down; I would love to help you with that; "
    "maybe we should move on before it gets dark; what a beautiful view; thank you very much for everything; "
    "could you pass me the pepper; let me think about it for a moment; they have never been there before; "
    "whatever happens, keep your voice calm; this is probably the best movie of the whole year; "
    "my favourite pupil reads both books; you may choose any job you wish; welcome back to the show; "
    "we apologise for the problem; I am above all happy for them; five of us went home by bus",
    "; ",
)

_ESPEAK_ONSETS = _words(
    "p b t d k g f v T D s z S Z h m n l r w j tS dZ pl bl fl kl gl pr br tr dr kr gr fr Tr sp st sk sw tw"
)
_ESPEAK_VOWELS = _words("I E a V 0 U i: A: O: u: 3: eI aI OI oU aU")
_ESPEAK_ENDS = _words("p b t d k g f v T s z S m n N l tS dZ mp nt Nk ft st ps vz") + [""] * 12
_LETTER_ONSETS = _words("p b t d f v s z m n l r p b f v m pl bl fl pr br tr dr fr sp st")
_LETTER_VOWELS = _words("a e i o u a e i o")
_LETTER_ENDS = _words("m n l r s f p") + [""] * 12
_IPA_ONSETS = _words("p b t d k ɡ f v θ ð s z ʃ ʒ h m n l ɹ w j tʃ dʒ pl bl fl kl ɡl pɹ bɹ tɹ dɹ kɹ fɹ sp st sk sw")
_IPA_VOWELS = _words("ɪ ɛ æ ʌ ʊ iː ɑː ɔː uː ɜː eɪ aɪ ɔɪ oʊ aʊ")
_IPA_ENDS = _words("p b t d k ɡ f v θ s z ʃ m n ŋ l tʃ dʒ mp nt ŋk ft st ps vz") + [""] * 12
_ARPABET = (
    _words("p b t d k g f v th dh s z sh zh hh m n l r w y ch jh p+l b+l f+l k+l p+r b+r t+r d+r f+r s+p s+t s+k s+w"),
    _words("ih eh ae ah uh iy aa ao uw er ey ay oy ow aw"),
    _words("p b t d k g f v th s z sh m n ng l ch jh m+p n+t ng+k f+t s+t v+z") + [""] * 12,
)


def english(random: np.random.Generator) -> str:
    """Return an English sentence."""

    def one(words: list[str]) -> str:
        return words[int(random.integers(len(words)))]

    kind = int(random.integers(6))
    if kind == 0:
        return f"{one(_PHRASES)}."
    if kind == 1:
        return f"{one(_COUNTS)} {one(_ADJECTIVES)} {one(_NOUNS)}s {one(_VERBS)} {one(_COUNTS)} {one(_NOUNS)}s."
    if kind == 2:
        return f"why have they {one(_VERBS)} my {one(_NOUNS)} {one(_PLACES)}?"
    if kind == 3:
        return f"{one(_NOUNS)}, {one(_NOUNS)}, {one(_ADJECTIVES)} {one(_NOUNS)} and {one(_NOUNS)}."
    who = f"the {one(_ADJECTIVES)} {one(_NOUNS)} {one(_VERBS)} {one(['a', 'his', 'her', 'our', 'this'])}"
    return f"{who} {one(_ADJECTIVES)} {one(_NOUNS)} {one(_PLACES)}" + ("." if kind == 4 else f", and {one(_PHRASES)}.")


def foreign(random: np.random.Generator, language: str) -> str:
    """Return words of a language in any order, with a comma here and there."""
    words = [word.strip(".?!,।。") for word in LANGUAGES[language].split()]
    chosen = [words[int(each)] for each in random.integers(len(words), size=int(random.integers(4, 11)))]
    if len(chosen) > 6:
        chosen[3] += ","
    return " ".join(chosen) + "."


def letters(random: np.random.Generator) -> str:
    """Return words that are none, in letters that most languages of Latin script read alike."""
    words = []
    for _ in range(int(random.integers(3, 8))):
        word = ""
        for _ in range(int(random.integers(1, 4))):
            word += "".join(
                table[int(random.integers(len(table)))] for table in (_LETTER_ONSETS, _LETTER_VOWELS, _LETTER_ENDS)
            )
        words.append(word)
    return " ".join(words) + "."


def arpabet(random: np.random.Generator) -> str:
    """Return syllables without sense in ARPAbet, a space between phonemes and a pause at either end."""
    said = ["pau"]
    for _ in range(int(random.integers(4, 14))):
        onset, vowel, end = (table[int(random.integers(len(table)))] for table in _ARPABET)
        said += [*onset.split("+"), f"{vowel}{int(random.random() < 0.5)}", *end.split("+")]
    return " ".join(one for one in [*said, "pau"] if one)


def syllables(random: np.random.Generator, *, ipa: bool) -> str:
    """Return a sentence of words that are none, in [[ ]]: IPA, or the alphabet of espeak."""
    tables = (_IPA_ONSETS, _IPA_VOWELS, _IPA_ENDS) if ipa else (_ESPEAK_ONSETS, _ESPEAK_VOWELS, _ESPEAK_ENDS)
    words = []
    for _ in range(int(random.integers(3, 8))):
        count = int(random.integers(1, 4))
        stressed = int(random.integers(count))
        word = ""
        for number in range(count):
            onset, vowel, end = (table[int(random.integers(len(table)))] for table in tables)
            stress = ("ˈ" if ipa else "'") if number == stressed else ""
            between = end if number == count - 1 or random.random() < 0.2 else ""
            word += f"{onset}{stress}{vowel}{between}"
        words.append(word)
    return f"[[{' '.join(words)}]]."
