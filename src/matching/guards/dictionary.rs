//! Words of business that are whole as they stand. A value in which one of them stands for another is another value, not a
//! misspelling: `Acme Logistics` is not `Acme Holdings`.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Whether `word`, in lower case, is a known whole word. A plural counts as its singular.
pub(super) fn holds(word: &str) -> bool {
    let singular = |ending: &str| word.strip_suffix(ending);
    WORDS.contains(word)
        || singular("s").is_some_and(|singular| WORDS.contains(singular))
        || singular("es").is_some_and(|singular| singular.ends_with(['s', 'x', 'z', 'h']) && WORDS.contains(singular))
        || singular("ies").is_some_and(|stem| WORDS.contains(format!("{stem}y").as_str()))
}

static WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| LIST.split_whitespace().collect());

/// Without abbreviations and short forms, which may stand for another word.
const LIST: &str = "
absorption academic academy accessory account accountant accounting acquisition action activity adaptation addition
address adhesive administration administrator admission adoption adult advance advertisement advertising advice advise
advisor advisory aerospace aesthetics affiliate affiliation africa agency agenda agent agricultural agriculture air
airline airport alarm alliance allocation aluminium alumni ambassador amendment america american analysis analyst
analytics animal announcement answer apartment apparel appeal appliance applicant application appointment approach
approval aquatic arabic architect architecture archive area argentinian army art artist asia assessment asset
assignment assistance assurance assure astronomy athletics attendance attorney auction audience audio audit australian
austrian author authority automation automotive aviation award awareness baby back badge bakery baking balance ball
band bangladeshi bank banking banner bar bargain barn barrier basket batch bath battery beach bearing beating beauty
bed beef bell bench benefit bet beverage bicycle bill billboard billing biology biotechnology birthday block blog
blouse blowing board boat boating body bond bonus book booking bookkeeping boot booth border boss bottle boutique box
branch brand branding brass brazilian bread brewery brewing brick bridge british broad broadcast broadcasting brochure
broker brokerage browser brunch bucket budget builder building bulgarian bulk bunch bundle bureau bus business butter
button buying cabin cabinet cable cache cafe calculation calendar call callback calling camera camp campaign campus
canadian cancellation candidate candle cantonese capital car card cardiology care career cargo carpet carrier cart
cash casino casket casting catalan catalog catalyst catch catering cattle cause ceiling cell cellular cement central
ceramic cereal certificate certification chain chair challenge chamber change channel charge charity chart charter
chat check checklist checkout cheese chemical chemistry chicken chief chilean chinese chocolate chopping church cinema
circle circuit citation cite city claim class classic classroom cleaner cleaning clearance clearing click client
climate clinic clinical closet cloth clothing cloud club coach coaching coal coast coat coating coffee collar
collection college colombian column combination comfort command comment commerce commercial commission committee
commodity communication community companion comparison compensation competition competitor compilation complaint
complement compliance compliment component composite composition computation computer computing concept concern
concert concierge concrete conference confirmation connection connectivity conservation consolation console
construction consul consultant consultation consulting consumer contact container content contest contract contractor
contribution control convention conversation conversion cooking cooler cooling cooperation cooperative coordinator
core corner corporate correction cosmetic cost costume cottage cotton council counsel counseling count counter country
county coupon courier course court cover coverage craft crafting crane creation creative creator creature crew crisis
criteria croatian crop cross cruise culinary culture currency curriculum custom customer cyber cycle czech dairy dance
danish data database date dealer dealership death decision deck decor defense delay delegate delivery den dental
dentist deployment deposit depot dermatology description desert design designer desk dessert destination detail
developer device devise diagnostic diamond diet digest digital dining dinner diploma direction director directory
disability discount discovery discussion disease dispatch display disposal distribution distributor district diversion
division docket document documentation dog dollar domain donation donor door drafting draining drawing dream dress
drifting drilling drink drive driver drug drying dutch duty earth economics economy edge editor editorial education
educator effect efficiency egyptian ejection elastic elation election electric electrical electrician electricity
electronic element elevator email embassy emergency emission employment energy engagement engine engineer engineering
english ensure entertainment entity entrance entrepreneur environment environmental episode equipment equity error
estate estimate estonian ethics europe evaluation event evidence examination example exchange exhibit exhibition
exhibitor expansion experience experiment expert exploration exposure extension extraction eye fabric fabrication
facade facility factory faculty failure fair faith falling family farm farming farrier fashion fast feature federation
fee feedback fence fertilizer festival fiber field fighting file filing filling film finance financial financing
finding finish finishing finnish fire firm fish fishery fishing fitness fleet flight floor flooring floral floss flour
flower flowing fluid flyer flying focus food force forecast forest forestry form format formation forum foundation
foundry fraction fragrance framework framing franchise fraud freight french fridge friend fruit frying fuel
fulfillment function fund funding fundraising funeral furniture furrier gadget galaxy gallery game gaming garage
garden gardening garment gas gasket gate gateway gear gearing general generation generator genetics geography geology
geriatric german gift gifting glass gloss glowing goal goods government grading grafting grain grant graphic grass
greek grocery gross group grower growing growth guarantee guard guardian guidance guide guideline gynecology hair hall
hand handling harbor hard harvest hatch hauling healing health healthcare hearing heart hearth heat heating hebrew
hedge heritage hindi history hoard hobby holding home horizon horse hospital hospitality hostel hosting hotel hour
house household housing human hungarian hunting hygiene ice icelandic idea identity image imaging immersion
implementation improvement inch incident incite incubator index indian indonesian industrial industry infection
infestation influence influencer information infrastructure ingredient initiative injection injury innovation inquiry
inscription inside insight inspection installation institute institution instruction instrument insurance insure
integration integrator intelligence interaction interest interface international internet internship interpreter
interview inventory inversion investigation investigator investing investment investor invitation invoice iranian
iraqi irish iron irrigation island israeli issue italian item jacket jam japanese jar jet jewelry job join journal
journalism journey judge justice kenyan kit kitchen knowledge korean label labor laboratory lake land landing
landscape language laptop laser latch latvian launch laundry law lawyer layer lead leader leadership leading leaflet
league learning leasing leather leaving lecture ledge legacy legal leisure lending lesson letter level library license
life lifestyle lift lifting lighting lightning line lining link liquid list listing literature lithuanian litigation
living loading loan lobby location lock lodge log logic logistics logo loose lose loss lotion loyalty luggage lumber
lunch luxury machine machinery magazine magic mail mailing maintenance malaysian mall malt management manager mandarin
manufacturer manufacturing map mapping marina marine maritime market marketing marketplace marriage massage mat match
material math matting meal measurement meat mechanic mechanical medal media medical medication medicine meeting
melting member membership memory mental menu merchandise merchandising merchant merger message messaging metal method
metric mexican mileage military milk mill millinery milling mine mineral mining minister ministry mission mitigation
mobile mobility model module molar moment money monitoring month moral morale moroccan mortgage moss motel motion
motor mountain mouse mouth move movement movie moving multimedia museum music nation native nature navigation negation
negotiation neighbor net network networking news newsletter newspaper nigerian nigerien nonprofit norwegian notation
note notice notification number nursery nursing nurture nurturing nutrition object observation occupation ocean
oceania office officer oil omission oncology opening opera operation operator opinion opportunity optic optical
optimization option oral order orientation orthopedic outcome outdoor outlet outlook outreach outsourcing oven owner
ownership package packaging packet packing page paint painting pakistani palace pan panel paper park parking part
partition partner partnership party passenger passport past patch patent path pathology patio paying payment payroll
peace pediatric pen pension people pepper performance perfume period permission permit person personal personnel
perspective peruvian pet petition petroleum pharmaceutical pharmacy phone phonics photographer photography physical
physician physics piano picking pig pilot pin pipeline pizza place plain plan plane planet planner planning plant
plastic plate platform player playing plaza pledge plumbing pocket podcast poetry point polar police policy polish
politics poll polling pollution pool pooling port portal portfolio portion portrait portuguese position possession
poster posting pot potential pottery poultry power practice praying premier premium prescription presentation
preservation president press pressure prevention price pricing principal principle print printer printing priority
prison privacy prize problem procedure process processing procurement producer product production profession professor
profile program programmer programming progress project promotion proof proofing property proportion proposal
prospecting prospective protection protein protocol provider psychiatry psychic psychology publication publicity
publish publisher publishing pulling pump punch purpose quality quantity question queue quota quotation quote race
racing racket radio radiology rafting rail railway raising ranch rating ratio ration reach reaction reading receipt
reception recognition recommendation record recording recovery recreation recruiter recruiting recruitment recycling
reference referral refinery reform reformation refund region registration regulation regulatory rehabilitation
rejection relation relationship release relief religion relish relocation remarketing reminder removal renovation
rental repair repetition replacement report reporting reputation request requirement rescue research reseller
reservation reserve residence resolution resort resource response restaurant resting restoration result resume
retargeting return revenue review revision reward rice ridge riding rising risk river road robot robotics rocket role
rolling romanian roof roofing room root rotation route rowing rubber rug rule russian safety sail sailing salary sale
salon saloon salt sample sanitation satellite satisfaction saving scale scan scheme scholar scholarship school science
scientist scope score scottish scout screen screening script sea seafood seal search season seat seating secretary
section sector security seed segment seizing selection sell seller selling semiconductor seminar senate sensor serbian
series server service session settlement sewing shading shareholder sharing ship shipment shipping shoe shop shopping
show shower showroom sight sign signage signal signature signing singing site sizing skill skin skipping sleep slovak
slovenian snack snapping soccer social society socket soil solar solution song sound source south sowing spa space
spanish speaker specialist spectrum speech speed spend spending spirit sponsor sponsorship sport spot spouse spraying
square stability stack stadium staff staffing stage staging stand statement static station stationary stationery
statistics status steal stealth steam steel step stick sticker stock stone stopping storage store stork storm story
straining strapping strategy stream street strength stress striping stripping structure studio study stuff style
subject submission subscriber subscription sugar suite summary summit sun supermarket supervisor support surface
surgeon surgery surgical survey sustainability swedish swimming swiss switch symposium syndicate syndication system
table tactic talent talk tall tank tap taping tapping target task taste tasting tax taxi tea teaching team tear
technical technician technique technologies technology telecommunications telephone television tell telling template
tennis terminal territory testing textile thai theater theme theory therapist therapy thing ticker ticket tiling
timber time timing tin tire title tobacco tool tooling tooth topic topical tour tourism tourist tower towing town toy
track tracking traction trade trading traffic trail training transaction transfer transformation transit transition
translation transmission transport transportation trapping travel traveler treasury treatment tree trend trial trip
tropic truck trucking trust truth trying turkish tutor tutorial typing ukrainian union unit universe university update
upgrade usage user utilities utility vacation vaccine value valve vegetable vehicle vendor ventilation venture venue
version vessel vesting veteran veterinary victim video vietnamese view village vintage vision visit visitor visual
vitamin vocation volume volunteer vote walk wall warehouse warehousing warranty waste watch water watering wealth
weather web webinar wedding weight welding welfare wellness welsh wheel whipping wholesale widget wildlife win wind
window wine winery wire wireless wiring wood word work worker workflow workforce workplace workshop world wrapping
writer writing yacht year yoga youth zone zoology
attempted attended coasting collected connected contacted contracted converted corrected elected engaged existing exiting
invoiced nurtured paused posted qualified quoted received relieved selected started stated tested
";
