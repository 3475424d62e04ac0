"""Words that say nothing of what tells one ad from another, in the languages that boards write most; folded."""

from index.normalize.cue import words

STOPWORDS = words(
    "a al am an and are as at au auf aus aux avec be bei but by can ce ces cette con dans das de del dem den "
    "der des die du ein eine einem einen el elle en es est et for from fur has have he her his how i if ihr il "
    "im in into is ist it its je just la las le les leur los ma me mes mit mon more my nach ne no nos not "
    "notre nous o oder of on or ou our out par para pas por pour qu que qui sa se ses she si sie sind so son "
    "sont su such sur than that the their them then there these they this those to too un una und une unos up "
    "us von vos votre vous was we were what when where which who why will wir with y you your zu"
)
FLUFF = words(
    "amazing apply asap begin besoin best bonjour bonus buscamos busco cash cherche cherchons daily day days "
    "disponible dringend earn easy empleo emploi extra flexible full fulltime gesucht good great hand hire "
    "hires hiring hour hours hr hrs immediate immediately job jobs join looking month monthly necesito need "
    "needed needs new now offre open opening openings opportunities opportunity paid part partiel parttime pay "
    "paying per plein position positions poste recherche recherchons require required seek seeking sign staff "
    "start starting starts stelle suche team temps time timer timers today top trabajo up urgent urgente "
    "urgently vacancy want wanted week weekend weekly well work worker workers working"
)
"""Words of titles that don't say what the work is."""
PLACEHOLDERS = words(
    "anonym anonyme anonymous employer entreprise firma hidden household individual na nn none particulier particular "
    "persona personne private privat privatperson recruiter unknown"
)
"""Organizations' names that name nobody."""
RANKS = words(
    "adjoint adjointe apprenti apprentie apprentice aprendiz assistant asst associate auszubildende auszubildender "
    "auxiliaire ayudante azubi becario chef chief deputy director encargado gerente head intern jefe jr junior lead "
    "leiter leiterin manager praktikant praktikantin principal responsable senior sr stagiaire stellvertretende "
    "stellvertretender supervisor trainee vice"
)
"""Words of titles that make another work of the same one: a manager, an assistant manager."""
WHICH = words(
    "monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag lunes martes miercoles jueves viernes sabado domingo "
    "january february march april may june july august september october november december janvier fevrier mars avril "
    "mai juin juillet aout septembre octobre novembre decembre januar februar marz juni juli oktober dezember enero "
    "febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "morning mornings afternoon afternoons evening evenings night nights overnight matin matins soir soirs nuit nuits "
    "morgens vormittags nachmittags abends nachts manana tarde tardes noche noches "
    "fulltime parttime full part temporary permanent seasonal plein partiel vollzeit teilzeit minijob completa parcial "
    "son sons daughter daughters boy boys girl girls baby toddler teenager twins mother father grandmother grandfather "
    "fils fille filles garcon garcons bebe jumeaux mere pere sohn tochter junge madchen zwillinge mutter vater hijo "
    "hija nino nina madre padre abuela abuelo "
    "dog dogs puppy cat cats kitten rabbit rabbits horse horses bird birds chicken chickens hamster fish chien chiens "
    "chat chats lapin cheval hund hunde katze katzen pferd perro perros gato gatos caballo "
    "studio bedroom bedrooms room rooms house apartment flat office garage attic basement maison appartement bureau "
    "cave grenier haus wohnung buro "
    "keller casa piso apartamento oficina sotano "
    "english french german spanish italian portuguese polish russian ukrainian chinese mandarin japanese korean arabic "
    "turkish hindi dutch swedish anglais francais allemand espagnol italien portugais englisch franzosisch deutsch "
    "spanisch ingles frances aleman espanol "
    "math maths mathematics physics chemistry biology history geography science piano guitar violin drums singing "
    "physique chimie biologie histoire guitare violon mathe physik chemie biologie geschichte klavier gitarre geige "
    "matematicas fisica quimica biologia historia guitarra"
)
"""Words that say which one of many like ones is meant, folded: days, months, parts of the day, kin, animals, homes,
languages, school subjects. What the work is called is known from the categories' words."""
LEGAL = words(
    "ag and co company confidential corp corporation e et eurl gmbh group inc incorporated kg limited llc llp lp ltd "
    "mbh nv oy plc private privat pte pty sa sarl sas sl srl the und y"
)
"""Words of an organization's name that aren't its own."""
COUNTED = {
    word: str(number)
    for number, its in enumerate(
        (
            "one",
            "two deux zwei dos",
            "three trois drei tres",
            "four quatre vier cuatro",
            "five cinq funf cinco",
            "six sechs seis",
            "seven sept sieben siete",
            "eight huit acht ocho",
            "nine neuf neun nueve",
            "ten dix zehn diez",
            "eleven onze elf once",
            "twelve douze zwolf doce",
        ),
        1,
    )
    for word in its.split()
}
"""Numbers in words, folded; of those for one only the English, which is no article."""
NO_NAMES = FLUFF | words(
    "abril agosto aout apr april aug august avril dec december decembre dezember diciembre dienstag dimanche "
    "domingo donnerstag email enero feb febrero februar february fevrier freitag friday jan januar january "
    "janvier jeudi jueves juillet juin jul juli julio july jun june juni junio lundi lunes mai mail mar march "
    "mardi mars martes marz marzo may mayo mercredi miercoles mittwoch monday montag nov november novembre "
    "noviembre oct october octobre octubre oktober phone sabado samedi samstag saturday sep sept september "
    "septembre septiembre sonntag sunday tel thursday tuesday url vendredi viernes wednesday"
)
"""Written with a capital, and no names: months, days of the week, labels."""
EVERYDAY = words(
    "along amazon apple back bath beach beau belle best black blue bonne bridge buena business care casa "
    "center central centre city college come commerce data date deal early east english enterprise experience "
    "field fort fresh friendly front garden gardens general golden grand grande great green hall high hill "
    "hire home hope house hull independence industry junior king lake land lead liberty little live long loves "
    "major male march market mayor mission mobile most mount much nancy new nice normal north office old "
    "opportunity orange orchard page paradise park plus point port post price professional progress reading "
    "river rocky saint sainte sale same sandy santa senior service short silver south special spring springs "
    "stage station street summer summit super target three time town union university valley ville west white "
    "winter"
)
"""Words of towns' names that mean something else in an ad."""
