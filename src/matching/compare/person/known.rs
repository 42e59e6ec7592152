//! Given names that are names of their own, and one name in several languages.

/// One name in several languages, one a line.
pub(super) const KIN: &[&str] = &[
    "john juan johann johannes johan jean giovanni joao ivan jan jon",
    "james jacob jakob diego jaime giacomo jacques",
    "joseph josef jose giuseppe jozef yusuf yousef",
    "joan joanne johanna giovanna juana jeanne",
    "george jorge giorgio georg georges yuri jerzy",
    "charles carlos carlo karl carl karel",
    "william wilhelm guillermo guillaume guglielmo willem",
    "henry heinrich henri enrique enrico hendrik henryk",
    "louis luis luigi ludwig lewis ludovic",
    "frederick friedrich federico frederic fryderyk fredrik frederik",
    "andrew andreas andres andre andrei andrey andrzej andrij",
    "anthony antonio antoine anton antoni antonin",
    "paul pablo paolo pavel pawel paulo",
    "peter pedro pietro pierre piotr pyotr petr pieter",
    "michael miguel michel michele mikhail michal mikael mihai",
    "matthew mateo matteo matthias mathieu mateusz",
    "stephen steven stefan esteban etienne stefano",
    "alexander alejandro alexandre alessandro aleksander aleksandr",
    "francis francisco francesco francois franz franciszek",
    "lawrence lorenzo laurent lorenz",
    "philip felipe filippo philippe philipp filip",
    "raymond ramon raimund",
    "richard ricardo riccardo",
    "robert roberto rupert",
    "thomas tomas tommaso tomasz",
    "vincent vicente vincenzo",
    "eugene eugenio evgeny yevgeny eugen",
    "basil vasily vasili vasile",
    "gregory gregorio grigory grzegorz",
    "nicholas nicolas nicola nikolai nikolaus mikolaj niklas",
    "mary maria marie mariya mariam miriam marija",
    "catherine catalina caterina katharina ekaterina katarzyna",
    "elizabeth isabel elisabetta elisabeth elzbieta yelizaveta",
    "helen elena helene helena yelena olena",
    "ann anna anne ana",
    "margaret margarita margherita marguerite malgorzata",
    "martha marta",
    "julia julie giulia yulia iulia",
    "christine cristina christina krystyna",
    "susan susana susanna suzanne zuzanna",
    "theresa teresa therese",
    "sophia sofia sophie zofia",
    "barbara varvara",
    "agnes ines agnieszka",
    "xavier javier",
];

/// Given names of their own: likeness of letters between two of them says nothing.
pub(super) const NAMES: &[&str] = &[
    // Pairs that a letter keeps apart
    "adrian adriana adrienne alex alexa alexia alexis allen ellen alfred alfreda alice alicia alina elina alma elma \
     alvin elvin amy may ami ana ann anna anne annie anita anisa anton antonia antonina arlene marlene ariel ariana \
     ashley ashleigh austin augusta",
    "bella della ben len ken bernard bernadette beth seth bill will jill gill bob rob brad chad brenda brendan brandon \
     brent brett brian briana brianna brianne bruce bryce byron myron",
    "camila camille carl carla carlo carlos carlotta carmen carol caroline carole carrie barrie larry harry barry cary \
     gary mary cathy kathy celia delia celeste charles charlotte cheryl beryl meryl chris christian christiana chloe \
     clara claire clare claude claudia claudio clement clementine clint clive cole cora dora nora corey cory craig cruz",
    "dan ian don ron jon dana dane dean deana daniel daniela daniella danielle dario daria darius darren warren david \
     davida dawn denis denise dennis derek diana diane diego dina gina tina nina lina mina dion dominic dominique \
     donald donna donnie doris dorian boris norris duncan dustin justin dylan",
    "eddie freddie edgar edith edna edwin edwina eli ellie elias elena helena elaine eileen aileen elisa eliza elise \
     eloise elsa elsie emil emile emilia emilio emily emma gemma enrique enrica eric erica erik erika erin aaron ernest \
     ernestine esme ester esther estelle ethan nathan eugenia eugene eva eve evan ivan evelyn",
    "fabian fabiana fabio fabiola faith fay felicia felix fernando fernanda fiona flora floria florian floyd lloyd \
     frances francis francesca francesco francisca francisco francois francoise frank frankie franz fred freda \
     frederica gabriel gabriela gabriella gabrielle gail gale dale george georgia georgina gerald geraldine gerard \
     gerda gilbert gino giulia giulio glen glenn glenda gloria grant grace gunter gustav guy",
    "hal hank hans hanna hannah harold hazel heidi helen helga henri henry henrietta herbert herman hermine hilda \
     holly molly polly howard hugo hugh ida ilse inge ingo ingrid inga ira irene irina iris isaac isabel isaiah isla \
     ivan ivana ivo ivy",
    "jack jackie jacob jacqueline jade jake jamal james jan jana jane janet janice jared jasmin jasmine jason jasper \
     casper jay jayne wayne jean jeanne jeanette jeff jenna jenny jerry jesse jessica jill jim kim tim joan joanna \
     joanne joao joe joel noel johan johanna johannes john jonas jonah noah jonathan jordan jorge jose josefa joseph \
     josephine josh juan juana juanita judith jude julia julian juliana julie julien juliet julio julius june jane \
     justin justina justine",
    "kai kara karen karin karina karl karla kate kathleen katrina kayla layla kelly kelsey kelvin melvin calvin ken \
     kenneth kerstin kerry terry perry kevin kim kirk kristen kristin kristina kurt kyle lyle kylie lara laura sara \
     clara lars laurence laurent laurie lea leah lee len lena leo leon leona leonie leonard leslie liam lila lili lily \
     linda lisa liza logan loretta lori lorna lorraine lou louis louisa louise luca lucas lucia lucian luciana luciano \
     lucien lucy luis luisa luiz luke lukas luna lydia lyn lynn",
    "mabel mable madison maja maya mia mandy sandy randy marc marcel marcela marcelo marcella marcelle marcia marcus \
     maria mariana mariano marie marian marianne marilyn marina marino mario marion marisa marissa marius mark marla \
     marlon martha martin martina marta marvin mary mason matt max maxine may megan mel melanie melinda belinda melissa \
     merle mia michael michaela michel michele michelle mick mike mila milan milena miles myles milo minna miriam misty \
     monica moses myra",
    "nadia nadine naomi nancy nat natalia natalie natasha nathan neal neil neville nicola nicole nicolas nicholas nick \
     nico nigel nik nils noah noel noelle noelia nora norbert norma norman oleg olga oliver olive olivia olivier omar \
     oscar otis otto owen",
    "pablo paige pam pamela paola paolo pascal pascale pat patricia patrick patrice paul paula paulina pauline pauli \
     pearl pedro penny percy perry peter petra phil philip phoebe pierre polly priscilla quentin quinn rachel rafael \
     rafaela ralf ralph ramon ramona randy raul rav ravi ray raymond rebecca reed reid rene renee renata renate renato \
     rex rhonda ronda ricardo richard rick rita roberta robert roberto robin rocco rochelle rod roger roland rolf \
     roman romana romy ron ronald rosa rosalie rose ross roy ruby rudy ruth ryan bryan",
    "sabina sabine sabrina sally sam samir samira samantha samuel sandra sara sarah saul paul scott sean dean selena \
     selina serge sergio seth shane shannon sharon shaun shauna sheila shirley sidney silvia silvio simon simona \
     simone sofia sonia sonja sonya sophia sophie stacy stacey tracy stan stefan stefanie stefano stella stephan \
     stephanie stephen steve steven stewart stuart sue susan susanna susanne suzanne sven svetlana sylvia sylvie",
    "tamara tanja tanya tania tara ted ned teresa terry tessa thea theo theodora theodore theresa thomas tiffany tim \
     timothy tina toby todd tom toni tony tracey travis trevor tristan troy tyler tyrone ulrich ulrike ursula uwe",
    "valentin valentina valeria valerie valerio vanessa vera verena vernon veronica vicki victor victoria viktor \
     viktoria vince vincent viola violet violeta virginia vito vivian vivien walter walther wanda warren wayne wendy \
     werner wesley wilbur wilfred wilhelm wilhelmina will willa william willow wilma wolfgang xavier yan yann yasmin \
     yolanda yves yvette yvonne zac zara zoe",
    "alfie allie bea ben bella ella brigitte birgit bobbie bobby carole charlie dieter ditte dorothea eduard elke \
     silke emmanuel emmanuelle erwin ferdinand fernande freddy frida frieda fritz gisela gisele gunther gustave \
     hanne hannes heike heiko heinz henrik henrike herta ines iris janine janina jannik jannika jens joachim jochen \
     jurgen jorg karsten carsten kerstin klara klaus konrad konstantin konstanze lasse lasso leopold liam lotte lutz \
     magda manfred manuel manuela mareike marek marika marlies mathilde matilda meike maike mirko mirka moritz \
     maurice nadja nele nelly odette otto ottilie perrine pierre pia pius rainer reiner regina regine reinhard \
     robin robyn rosemarie rudolf ruediger silke sina soren sonje susi swen svenja thekla theobald till tilo \
     tom tim udo ute uli ulli olli ursel valentine vivienne waldemar wiebke wilma winfried xaver yannick yannic \
     zoltan adele adela albertine alexandrine andree andrei arnaud aude audrey aurelie aurelien baptiste benoit \
     bertrand blanche brice cecile cedric celine chantal christelle christophe colette corinne cyril cyrille damien \
     delphine dominique edouard etienne fabien fabienne fabrice florent florence gael gaelle gaston gerard germain \
     germaine ghislain ghislaine guillaume henriette herve hugues jacqueline jeannine joelle josephe josiane jules \
     laurene leonie lionel lucienne ludovic marcelline marielle mathilde mathis maud maxence mireille nathalie \
     nicolas noemie odile pascaline philippe raphael raphaelle remi remy roland rolande rosine sebastien severine \
     solange stephane sylvain sylvaine sylvie thibault thierry vincente virginie xaviere yohan yohann",
    // Arabic, Indian, Chinese names that differ by little
    "ravi rani ali ling ming ping ting ying ning lan lin min mei wei wen bo jun hui hua hao lei li lu ying yan yun yong xin xing xiao \
     amal amar amir amira amin amina anil anila arif asad asif aziz aziza faisal faris farid farida fatima habib habiba \
     hadi hamid hamida hamza hana hani hassan hussein husain ismail jamal jamil jamila karim karima khalid khalida latif \
     latifa leila majid malik malika marwan mohsin mona muna munir munira nabil nabila nadir nadira nasir nasira noor \
     nour rashid rashida rami rania rahim rahman saad sadia said saida salim salima sami samia samir samira sana tariq \
     umar walid wahid yasir zahid zahida zaid",
    "aditi aditya ajay vijay amit sumit rohit mohit anita sunita vinita arun varun tarun deepa deepak dilip geeta gita \
     rita kiran karan manoj mohan rohan sohan neha nita priya pooja puja raj ravi rekha renu venu sanjay sandeep \
     sandip sunil anil sushil suresh ramesh naresh mahesh rajesh mukesh rakesh dinesh ganesh uma usha vikas vikram vinay",
];
