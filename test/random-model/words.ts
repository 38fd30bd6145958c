/** Words of the random model's vocabulary, chosen by hand: everyday English, and the words that examples here use. */
export const WORDS: readonly string[] = `
a able about above accept access account across act action active actor add address after again against age ago agree
air all allow almost alone along already also always am among an and animal another answer any anyone anything appear
apple application apply approach april area argue arm around arrive art article as ask at attack august author available
avoid away baby back bad bag ball banana band bank bar base basic be beach bear beat beautiful because become bed before
begin behind believe below benefit best better between beyond big bike bill bird bit black block blood blue board boat
body book born both bottle bottom box boy brain branch bread break bridge bright bring brother brown browser budget bug
build building bus business but butter buy by cache cake call camera can cannot car card care carry case cat catch cause
center central century certain chair chance change chapter charge cheap check cheese chicken child children choice choose
church circle city class clean clear client climb clock close cloth cloud coast coat code coffee cold collect college
color column come command common community company compare compiler complete computer concern condition connect consider
console contain content control cook cool copy corn corner correct cost could count country couple course court cover
create cross crowd cry cup current customer cut dance dark data database date daughter day dead deal debug december
decide deep default define degree delay delete deliver demand deploy describe desert design desk destroy detail develop
developer device dictionary did die difference different difficult dinner direction directory discover discuss disease
disk distance do doctor document does dog dollar done door double down download draw dream dress drink drive driver drop
dry during each ear early earth east easy eat economy edge education effect effort egg eight either elastic electric else
email empty encode end endpoint energy engine engineer english enjoy enough enter entire equal error escape evening event
ever every everyone everything evidence exact example except exchange exist expect experience explain export express
eye face fact fail fall false family famous far farm fast father fear february feel feet few field fight figure file fill
film final find fine finger finish fire firm first fish five fix flag flat flight float floor flow flower fly folder
follow food foot football for force foreign forest forget form formal format forward found four framework free french
fresh friday friend friendly from front fruit full function fund future game garden gas general german get gift girl give
glad glass go goal god gold gone good government grass gray great green grocery ground group grow guess guide guitar gun
had hair half hall hand handle happen happy hard has hat hate have he head health hear heart heat heavy help her here
high hill him his history hit hold hole holiday home hope horse hospital host hot hotel hour house how however http huge
human hundred hurt husband ice idea identify if image imagine import important in include increase index industry inform
information input inside install instance instead integer interest interface internet into iron is island issue it item
its java job join json judge july jump june just keep key keyboard kid kill kind king kitchen know label lake land
language laptop large last late later laugh launch law lay lead leaf learn least leave left leg legal length less lesson
let letter level library license lie life light like likely line linux list listen literature little live load local
lock log long look lose loss lost lot love low lower lunch machine mail main major make man manage manager many map march
mark market marry match material matter may maybe me mean measure meat medical meet member memory mention message metal
method middle might mile milk million mind mine minute miss mix mobile model modern moment monday money monitor month
moon more morning most mother mount mountain mouse mouth move movie much music must my name nation nature near necessary
neck need neighbor network never new news next nice night nine no noise none nor north nose not note nothing notice
november now null number object ocean october of off offer office often oil old on once one only open operate opinion or
orange order organ other our out output outside over own package page paint pair paper parent park parse part party pass
password past path pattern pay peace pen people pepper perfect perhaps period person phone photo piano pick picture piece
place plan plane plant plastic platform play player please pocket point police policy political poor popular port
position possible post pot potato power practice prepare present president press pressure pretty price print private
prize problem process produce product program programming project protect protocol prove provide public pull push put
python quality queen query question queue quick quiet quite race radio rain raise random range rate rather raw reach read
ready real reason receive recent recipe record red reduce refer region relation release remain remember remote remove
rent repair repeat reply report repository request require research rest restaurant result return rice rich ride right
ring rise river road rock role roll roof room root round route row rule run safe said sail salad salt same sand saturday
save say scale schema school science screen script sea search season seat second secret section security see seed seem
select sell send sense sentence separate september serve server service set seven several shall shape share she sheep
shelf shell ship shirt shoe shop short should shoulder show shut sick side sign signal silver similar simple since sing
single sister sit site six size skill skin sky sleep slow small smell smile smoke snow so soccer social software soil
soldier some son song soon sort sound soup source south space speak special speed spell spend sport spring sql square
staff stage stand standard star start state station stay steel step still stock stomach stone stop storage store storm
story straight strange stream street string strong structure student study style subject success such sugar summer sun
sunday supper supply support sure surface sweet swim system table take talk tall task taste tax tea teach teacher team
tell temperature ten term test text than thank that the their them then theory there these they thick thin thing think
third this those thousand thread three through throw thursday ticket tie time title to today together tomorrow tongue
too tool tooth top total touch tour toward town track trade traffic train translate travel tree trip trouble truck true
trust truth try tuesday turn tv twelve twenty two type under understand unit university unix until up update upload upon
upper us use user usual valley value various vector vegetable version very video view village virtual visit voice volume
wait walk wall want war warm was wash watch water wave way we weak wear weather web website wednesday week weight welcome
well went were west wet what wheel when where which while white who whole why wide wife wild will win wind window wine
wing winter wire wish with within without woman women wonder wood word work world worry worth would write wrong xml yaml
yard year yellow yes yesterday yet you young your zero zone`
  .trim()
  .split(/\s+/);

/** Endings, so that a word's forms share its piece. */
export const ENDINGS: readonly string[] =
  "##s ##es ##ed ##ing ##er ##ers ##ly ##ness ##ment ##ion ##ions ##al ##ful ##able ##est ##ity ##y ##ies ##ness".split(
    " ",
  );
