//! Words of business that are whole as they stand. A value in which one of them stands for another is another value, not a
//! misspelling: `Acme Logistics` is not `Acme Holdings`.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Whether `word`, in lower case, is a known whole word. A plural counts as its singular.
pub(super) fn holds(word: &str) -> bool {
    WORDS.contains(word)
        || word.strip_suffix('s').is_some_and(|singular| WORDS.contains(singular))
        || word.strip_suffix("es").is_some_and(|singular| WORDS.contains(singular))
}

static WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| LIST.split_whitespace().collect());

/// Without abbreviations and short forms, which may stand for another word.
const LIST: &str = "
academic academy accessory account accountant accounting accounts acquisition activity addition address adhesive
administration administrator adoption adult advance advertisement advertising advice adviser advisor advisory aerospace
affiliate affiliation agency agenda agent agriculture agricultural air airline airport alarm alliance allocation alumni
aluminium aluminum ambassador amendment america analysis analyst analytics animal announcement answer apartment apparel
appeal appliance applicant application appointment approach approval aquatic architect architecture archive area army art
artist asset assessment assignment assistance assurance astronomy attendance attorney auction audience audio audit author
authority automation automotive aviation award awareness baby bakery balance bank banking banner bargain barrier bath
battery beach beauty bed beef benefit beverage bicycle bill billing biology biotech biotechnology birthday blog board boat body
bond bonus book booking bookkeeping boot booth border bottle boutique box branch brand branding brewery brick bridge
broadcast broadcasting brochure broker brokerage browser budget builder building bulk bundle bureau business butter button
cabin cabinet cable cafe calculation calendar call callback camera camp campaign campus cancellation candidate candle capital
car card cardiology care career cargo carpet carrier cart cash casino catalog catalyst catering cattle cause ceiling cellular
cement center central centre ceramic cereal certificate certification chain chair challenge chamber change channel charge
charity chart charter chat check checklist checkout cheese chemical chemicals chemistry chief chicken chocolate church cinema
circle circuit city claim class classroom cleaner cleaning clearance click client climate clinic clinical clothing cloud
club coach coaching coal coast coating coffee collection college color column combination comfort command comment commerce
commercial commission committee commodity communication communications community companion comparison compensation
competition competitor complaint compliance component composite computer computing concept concern concert concierge
concrete conference confirmation connection connectivity conservation construction consultant consultation consulting
consumer contact container content contest contract contractor contribution control convention conversion cooking cooling
cooperation cooperative coordinator core corner corporate correction cosmetic cost cotton council counsel counseling
counter country county coupon course court cover coverage craft crane creation creative creator creature crew crisis
criteria crop cruise culinary culture currency curriculum custom customs cyber cycle dairy dance data database dealer
dealership death decision deck decor defense delay delegate delivery dental dentist deployment deposit depot dermatology
design designer desk destination detail developer device diagnostic diagnostics diamond diet digital dining dinner diploma
direction director directory disability discount discovery discussion disease dispatch display disposal distribution
distributor district division document documentation dog domain donation donor door dream drilling drink drive driver drug
duty earth economics economy editor editorial education effect efficiency election electric electrical electrician
electricity electronic electronics element elevator email embassy emergency emission employment energy engagement engine
engineer engineering entertainment entity entrance entrepreneur environment environmental episode equipment equity error
estate estimate evaluation event evidence exam examination example exchange exhibit exhibition exhibitor expansion
experience experiment expert exploration exposure extension extraction eye fabric fabrication facade facility factory faculty
failure fair faith family farm farming fashion fast feature federation fee feedback fence fertilizer festival fiber field
file film finance financial financing finding finish fire fish fishery fishing fitness fleet flight flooring flower fluid focus
food foods force forecast forest forestry form format formation forum foundation foundry fragrance framework franchise
fraud freight friend fruit fuel fulfillment function fund funding fundraising funeral furniture galaxy gallery game gaming garage
garden gardening garment gas gate gateway gear general generation generator genetics geography geology geriatric gift glass
goal goods government grain grant graphic graphics grocery group grower growth guarantee guard guardian guidance guide
guideline gym gynecology hair hall hand handling harbor harvest health healthcare hearing heart heat heating heritage history
hobby holding holdings home horizon hospital hospitality hotel house household housing human hygiene ice idea identity image
imaging implementation improvement inch incident incubator index industrial industry influencer information infrastructure
ingredient initiative injury innovation inquiry inspection installation institute institution instruction instrument
insurance integration intelligence interaction interest interface international internet internship interpreter interview
inventory investigation investigator investment investments investor invitation invoice iron island issue item jewelry job
join journal journalism journey judge justice kitchen knowledge label labor laboratory lab lake land landing landscape
language laptop laser launch laundry law lawyer layer lead leader leadership league learning leather lecture legacy legal
leisure lesson letter level library license life lifestyle lift lighting line link liquid list listing literature loan lobby
location lock lodge logistics logo loyalty luggage lumber lunch luxury machine machinery magazine mail mailing maintenance
management manager manufacturer manufacturing map marina marine maritime market marketing marketplace marriage massage
material materials math meal measurement meat mechanic mechanical media medical medication medicine meeting member membership
memory menu merchandise merchandising merchant merger message messaging metal metals method metric mileage military milk
mill mine mineral mining minister ministry mission mobile mobility model module moment money monitoring mortgage motion
motor mountain move movement movie moving multimedia museum music nation nature navigation negotiation neighbor network
networking newsletter newspaper news nonprofit note notification notice number nursery nursing nutrition object observation
occupation ocean office officer oil oncology opening opera operation operations operator opinion opportunity optical optics
optimization option order organization orientation orthopedic outcome outdoor outlet outlook outreach outsourcing oven owner
ownership package packaging packing page paint painting palace panel paper park parking part partner partnership party
passenger passport past patent path pathology patio payment payments payroll peace pediatric pension people performance perfume
period permission permit person personnel perspective pet petroleum pharma pharmaceutical pharmaceuticals pharmacy phone
photo photographer photography physical physician physics piano pilot pipeline pizza plan plane planet planner planning plant
plastic plastics platform player plaza plumbing podcast poetry point police policy politics poll pollution pool port
portal portfolio portrait position possession poster potential pottery poultry power practice presentation preservation
president press pressure prevention price pricing print printer printing priority prison privacy prize problem procedure
process processing procurement producer product production profession professor profile program programmer programming
progress project promotion proof property proposal prospecting protection protein protocol provider psychiatry psychology
publication publicity publisher publishing pump purpose quality quantity question queue quota quotation quote race radio
radiology rail railway rating ratio reach reaction reading receipt reception recognition recommendation record recording
recovery recreation recruiter recruiting recruitment recycling referral reference refinery reform refund region registration
regulation regulatory rehabilitation relation relations relationship release relief religion relocation reminder removal
renovation rental repair replacement report reporting reputation request requirement rescue research reseller reservation
reserve residence resolution resort resource resources response restaurant restoration result resume return revenue review
revision reward rice risk river road robot robotics role roof roofing room root route rubber rule safety sail salary sale
sales salon sample sanitation satellite satisfaction saving savings scan scheme scholar scholarship school science scientist
scope score scout screen screening script sea search seafood season seat secretary section sector security seed segment
selection semiconductor seminar senate sensor series server service services session settlement shareholder ship shipment
shipping shoe shop shopping show shower showroom sign signage signal signature site skill skin sleep snack soccer social
society soil solar solution solutions song sound source space spa speaker specialist spectrum speech speed spend spirit
sponsor sponsorship sport sports spot square stability stadium stage stand station stationery statistics status steel step
stock storage store story strategy stream street strength stress structure studio study style subject submission
subscriber subscription suite sugar summary summit supermarket supervisor support surface surgeon surgery surgical survey
sustainability swimming switch symposium syndicate system systems table tactic talent talk tank target task taste tax taxi
tea teaching team technical technician technique technologies technology telecom telecommunications telephone television
template tennis terminal territory textile textiles theater theatre theme theory therapist therapy thing ticket timber time
tire title tobacco tool topic tour tourism tourist tower town toy track tracking trade trading traffic training transaction
transfer transit transition translation transmission transport transportation travel traveler treasury treatment tree trend
trip truck trucking trust tutor tutorial tyre union unit universe university update upgrade usage user utilities utility
vacation vaccine value valve vegetable vehicle vendor ventilation venture ventures venue vessel veteran veterinary victim
video view village vision visit visitor visual vitamin volume volunteer vote walk wall warehouse warehousing warranty waste
watch water wealth weather web webinar website wedding weight welfare wellness wheel wholesale wildlife win wind window wine
winery wire wireless wood word work worker workflow workforce workplace workshop world writer writing yacht yoga youth zone
";
