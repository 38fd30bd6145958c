"""Plain sentences that dictionaries lack: questions, wishes, how people feel, what one asks a computer to do.

The patterns are our own; most words come from WordNet, chosen by what they name.
"""

import random
import re
from collections import defaultdict

from . import sources

# Slots filled from WordNet: its lexicographer files, by their numbers.
NOUN_FIELDS = {"animal": 5, "thing": 6, "feeling": 12, "food": 13, "place": 15, "person": 18, "plant": 20, "idea": 9}
VERB_FIELDS = {"change": 30, "think": 31, "say": 32, "touch": 35, "make": 36, "move": 38, "trade": 40}

WORDS = {
    "file": "file,directory,document,image,log file,archive,spreadsheet,script,backup,photo,video,folder",
    "software": "package,program,library,database,web server,module,service,plugin,driver,text editor,compiler,"
    "web browser,mail client,container,virtual machine,operating system,command line tool,music player,game",
    "handle": "install,remove,update,upgrade,configure,start,stop,restart,test,debug,build,deploy,uninstall,monitor",
    "treat": "open,delete,copy,rename,move,compress,encrypt,edit,print,share,download,upload,convert,restore,save",
    "data": "JSON,XML,YAML,CSV,text,numbers,dates,tables,images,audio,HTML,messages,records,passwords,addresses",
    "deal": "read,write,parse,validate,store,search,sort,compress,convert,send,encode,index,filter,export",
    "weather": "sunny,raining,cold,windy,snowing,hot,cloudy,foggy,stormy,warm,freezing,humid,dry,mild",
    "when": "today,tomorrow,this morning,tonight,this weekend,next week,in winter,in summer,every day,again,now",
    "mood": "happy,sad,angry,tired,excited,afraid,bored,proud,lonely,nervous,calm,grateful,surprised,worried,sick",
    "who": "I am,she is,he is,we are,they are,my mother is,the children are,my friend is,the teacher is,everyone is",
    "very": "very,so,a little,not,quite,really,too,no longer,rather",
    "family": "mother,father,brother,sister,friend,neighbour,doctor,teacher,boss,daughter,son,wife,husband,cat,dog",
    "topic": "football,music,cooking,politics,history,science,travel,art,health,money,school,religion,the economy,"
    "sports,films,books,gardening,computers,machine learning,mathematics,the weather,physics,fashion,cars",
    "rise": "is rising,is falling,went up,fell sharply,stayed the same,doubled,collapsed,is growing,recovered",
    "market": "the stock market,inflation,unemployment,the price of oil,the population,the temperature,demand,trade,"
    "the exchange rate,traffic,the cost of living,interest,rent,the company's profit",
    "city": "Paris,London,Berlin,Rome,Tokyo,New York,Moscow,Madrid,Vienna,Cairo,Sydney,Chicago,Boston,Delhi",
    "country": "France,England,Germany,Italy,Japan,America,Russia,Spain,Austria,Egypt,Australia,India,China,Brazil",
    "language": "Python,Java,C,Rust,Ruby,Perl,JavaScript,SQL,French,German,Latin,Spanish,English,Japanese",
}

PATTERNS = """
how do I {handle} a {software}?
how to {handle} the {software}
I cannot {handle} the {software}
a {software} to {deal} {data}
a {software} for {topic}
{deal} {data} in {language}
how do I {treat} a {file}?
{treat} the {file}
{treat} every {file} in a {place}
the {file} could not be found
can you {treat} this {file} for me?
how can I {deal} {data} with {language}?
what is the best {software} for {topic}?
the {software} does not start after the update
{data} format
{data} data
learn {language}
a book about {topic}
a {software} written in {language}
convert {data} to {data_2}
is it {weather} {when}?
it is {weather} {when}
will it be {weather} {when}?
the weather is {weather} {when}
a {weather} day
it was {weather}, so we stayed at home
{who} {very} {mood}
{who} {mood} {when}
why are you so {mood}?
{who} {mood} because of the {thing}
{who} {mood} about {topic}
my {family} likes {food}
my {family} is {very} {mood}
my {family} works as a {person}
the {animal} sat on the {thing}
a {animal} sleeps on the {thing}
the {animal} chased the {animal_2}
a {animal} and a {animal_2}
is a {animal} bigger than a {animal_2}?
a small {animal} in the {place}
I would like some {food}
a recipe for {food}
how do you cook {food} with {food_2}?
{food} and {food_2}
where can I buy a {thing}?
the {person} put the {thing} on the {thing_2}
the {person} lost a {thing} in the {place}
the {person} wants to {say} about {topic}
he wants to {move} to the {place}
she began to {make} a {thing}
they {trade} a {thing}
do not {touch} the {thing}
we have to {think} about it
what does {idea} mean?
the {idea} of {topic}
{idea} and {idea_2}
a feeling of {feeling}
{feeling} and {feeling_2}
{market} {rise}
{market} {rise} in {country}
the capital of {country}
{city} is in {country}
how far is {city} from {city_2}?
we are going to {city} {when}
a train from {city} to {city_2}
the {person} lives in {country}
the history of {country}
the government of {country}
news about {topic}
I read a book about {topic} {when}
my {family} is interested in {topic}
who is the best {person} in {city}?
a {person} in a {place}
a {plant} in the {place}
the {plant} needs water
a {thing} made of {food}
a {thing} for a {person}
the {thing} is broken
the {thing} {rise}
let us talk about {topic}
thank you for the {thing}
please bring me a {thing}
""".strip().split("\n")

SLOT = re.compile(r"\{([a-z]+)(?:_2)?\}")


def invented_sentences(count: int, chance: random.Random) -> list[str]:
    """`count` sentences, equally many of each pattern, with words at random."""
    words = {slot: text.split(",") for slot, text in WORDS.items()} | _words_of_wordnet()
    made = []
    for i in range(count):
        pattern = PATTERNS[i % len(PATTERNS)]
        made.append(SLOT.sub(lambda slot: chance.choice(words[slot[1]]), pattern))
    return made


def _words_of_wordnet() -> dict[str, list[str]]:
    """Frequent words by slot; a word counts for the field of its first sense only."""
    slots: dict[str, list[str]] = defaultdict(list)
    for part_of_speech, fields in (("noun", NOUN_FIELDS), ("verb", VERB_FIELDS)):
        by_number = {number: slot for slot, number in fields.items()}
        first_senses = sources.first_senses(part_of_speech)
        for synset in sources.synsets(part_of_speech):
            slot = by_number.get(synset.field_number)
            if slot is not None:
                slots[slot] += [word for word in synset.words if first_senses.get(word) == synset.offset]
    return slots
