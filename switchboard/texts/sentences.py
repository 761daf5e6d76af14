"""The sentences that texts are answered with, by language. Every language has each of them, with
the same gaps; a language that is missing is answered in English."""

from collections.abc import Mapping

ENGLISH = "en"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "calling": "We are calling you now to connect you with {to}.",
        "calling_both": "We are calling {customer} now to connect it with {to}.",
        "calling_to_ask": "We are calling you now to ask which number you want.",
        "planned": "We will call you on {day} at {time} to connect you with {to}. X cancels it.",
        "planned_both": "We will call {customer} on {day} at {time} to connect it with {to}."
        " X cancels it.",
        "planned_to_ask": "We will call you on {day} at {time} to ask which number you want."
        " X cancels it.",
        "balance": "Your balance is {balance}, of which {available} can be spent.",
        "price": "{to}: {per_minute} a minute for both phones, {fee} to connect."
        " You can talk for {minutes} min.",
        "hung_up": "The call is being ended.",
        "unplanned": "The call planned for {day} at {time} is cancelled.",
        "redeemed": "Thank you. Your balance is {balance}.",
        "code_sent": "We sent a code to {number}. Text it to us from that phone.",
        "registered": "{number} is a phone of your account now.",
        "code": "{code} is your Ringback code. Text it to us within ten minutes.",
        "visitor_code": "{code} is the code for your call. It is good for ten minutes.",
        "help": "Text: a number, two numbers, CB, AT 18:30 number, PRICE number, BAL, LAST, X,"
        " ADD voucher, R.number",
        "refused": "Sorry, {reason}.",
        "no_service": "Sorry, this number does not take orders for callbacks.",
    },
    "es": {
        "calling": "Le llamamos ahora para comunicarle con {to}.",
        "calling_both": "Llamamos ahora a {customer} para comunicarlo con {to}.",
        "calling_to_ask": "Le llamamos ahora para preguntarle qué número desea.",
        "planned": "Le llamaremos el {day} a las {time} para comunicarle con {to}. X lo anula.",
        "planned_both": "Llamaremos a {customer} el {day} a las {time} para comunicarlo con {to}."
        " X lo anula.",
        "planned_to_ask": "Le llamaremos el {day} a las {time} para preguntarle el número."
        " X lo anula.",
        "balance": "Su saldo es {balance}; puede gastar {available}.",
        "price": "{to}: {per_minute} por minuto, ambos teléfonos; {fee} por conexión."
        " Puede hablar {minutes} min.",
        "hung_up": "La llamada se está terminando.",
        "unplanned": "La llamada prevista para el {day} a las {time} queda anulada.",
        "redeemed": "Gracias. Su saldo es {balance}.",
        "code_sent": "Enviamos un código a {number}. Mándenoslo desde ese teléfono.",
        "registered": "{number} ya es un teléfono de su cuenta.",
        "code": "{code} es su código de Ringback. Mándenoslo en diez minutos.",
        "visitor_code": "{code} es el código para su llamada. Es válido diez minutos.",
        "help": "Envíe: un número, dos números, CB, AT 18:30 número, PRICE número, BAL, LAST, X,"
        " ADD cupón, R.número",
        "refused": "Lo sentimos: {reason}.",
        "no_service": "Lo sentimos: este número no recibe pedidos de llamadas.",
    },
    "fr": {
        "calling": "Nous vous appelons pour vous mettre en relation avec {to}.",
        "calling_both": "Nous appelons {customer} pour le mettre en relation avec {to}.",
        "calling_to_ask": "Nous vous appelons pour vous demander le numéro voulu.",
        "planned": "Nous vous appellerons le {day} à {time} pour joindre {to}. X pour annuler.",
        "planned_both": "Nous appellerons {customer} le {day} à {time} pour joindre {to}."
        " X pour annuler.",
        "planned_to_ask": "Nous vous appellerons le {day} à {time} pour demander le numéro."
        " X pour annuler.",
        "balance": "Votre solde est de {balance}, dont {available} utilisables.",
        "price": "{to} : {per_minute} la minute pour les deux téléphones, {fee} de connexion."
        " Vous pouvez parler {minutes} min.",
        "hung_up": "L'appel va être terminé.",
        "unplanned": "L'appel prévu pour le {day} à {time} est annulé.",
        "redeemed": "Merci. Votre solde est de {balance}.",
        "code_sent": "Un code est envoyé au {number}. Renvoyez-le-nous de ce téléphone.",
        "registered": "{number} est désormais un téléphone de votre compte.",
        "code": "{code} est votre code Ringback. Renvoyez-le-nous sous dix minutes.",
        "visitor_code": "{code} est le code pour votre appel. Il est valable dix minutes.",
        "help": "Envoyez : un numéro, deux numéros, CB, AT 18:30 numéro, PRICE numéro, BAL, LAST,"
        " X, ADD coupon, R.numéro",
        "refused": "Désolé : {reason}.",
        "no_service": "Désolé : ce numéro ne prend pas de demandes d'appel.",
    },
    "pt": {
        "calling": "Estamos ligando para você para conectar com {to}.",
        "calling_both": "Estamos ligando para {customer} para conectar com {to}.",
        "calling_to_ask": "Estamos ligando para você para perguntar o número desejado.",
        "planned": "Vamos ligar para você em {day} às {time} para conectar com {to}. X cancela.",
        "planned_both": "Vamos ligar para {customer} em {day} às {time} para conectar com {to}."
        " X cancela.",
        "planned_to_ask": "Vamos ligar para você em {day} às {time} para perguntar o número."
        " X cancela.",
        "balance": "Seu saldo é {balance}; disponível: {available}.",
        "price": "{to}: {per_minute} por minuto nos dois telefones, {fee} de conexão."
        " Você pode falar {minutes} min.",
        "hung_up": "A chamada está sendo encerrada.",
        "unplanned": "A chamada marcada para {day} às {time} foi cancelada.",
        "redeemed": "Obrigado. Seu saldo é {balance}.",
        "code_sent": "Enviamos um código para {number}. Envie-o para nós desse telefone.",
        "registered": "{number} agora é um telefone da sua conta.",
        "code": "{code} é o seu código Ringback. Envie-o para nós em dez minutos.",
        "visitor_code": "{code} é o código para a sua chamada. É válido por dez minutos.",
        "help": "Envie: um número, dois números, CB, AT 18:30 número, PRICE número, BAL, LAST, X,"
        " ADD cupom, R.número",
        "refused": "Desculpe: {reason}.",
        "no_service": "Desculpe: este número não recebe pedidos de chamadas.",
    },
}

# Why something is refused, by the refusal's code; in English the refusal says it itself.
REASONS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "unreadable_text": "no lo entendemos. Envíe el número, por ejemplo 442071234567",
        "unknown_sender": "no conocemos este número o PIN",
        "account_blocked": "esta cuenta está bloqueada",
        "account_expired": "esta cuenta ha caducado",
        "not_enough_credit": "no tiene saldo suficiente",
        "too_many_callbacks": "hay demasiadas llamadas a la vez",
        "no_rate": "no se puede llamar a ese número",
        "not_allowed": "no se puede llamar a ese número",
        "not_texted": "no podemos enviar un código. Envíe PIN y R.número desde ese teléfono",
        "unconfirmed_number": "ese teléfono debe confirmarse antes: envíe R.número",
        "too_often": "demasiados pedidos en poco tiempo; espere un rato",
        "spend_limit_reached": "se ha alcanzado el límite de gasto de hoy",
        "voucher_refused": "ese cupón no es válido",
        "not_found": "no encontramos ninguna llamada",
        "refused": "no es posible",
    },
    "fr": {
        "unreadable_text": "message illisible. Envoyez le numéro, par exemple 442071234567",
        "unknown_sender": "nous ne connaissons pas ce numéro ou ce PIN",
        "account_blocked": "ce compte est bloqué",
        "account_expired": "ce compte a expiré",
        "not_enough_credit": "votre solde est insuffisant",
        "too_many_callbacks": "trop d'appels en même temps",
        "no_rate": "ce numéro ne peut pas être appelé",
        "not_allowed": "ce numéro ne peut pas être appelé",
        "not_texted": "aucun code ne part par SMS. Envoyez PIN et R.numéro de ce téléphone",
        "unconfirmed_number": "ce téléphone doit d'abord être confirmé : envoyez R.numéro",
        "too_often": "trop de demandes en peu de temps ; patientez un peu",
        "spend_limit_reached": "la limite de dépense du jour est atteinte",
        "voucher_refused": "ce coupon n'est pas valable",
        "not_found": "aucun appel n'a été trouvé",
        "refused": "ce n'est pas possible",
    },
    "pt": {
        "unreadable_text": "não entendemos. Envie o número, por exemplo 442071234567",
        "unknown_sender": "não conhecemos este número ou PIN",
        "account_blocked": "esta conta está bloqueada",
        "account_expired": "esta conta expirou",
        "not_enough_credit": "seu saldo não é suficiente",
        "too_many_callbacks": "há chamadas demais ao mesmo tempo",
        "no_rate": "não é possível ligar para esse número",
        "not_allowed": "não é possível ligar para esse número",
        "not_texted": "não podemos enviar um código. Envie PIN e R.número desse telefone",
        "unconfirmed_number": "esse telefone precisa ser confirmado antes: envie R.número",
        "too_often": "muitos pedidos em pouco tempo; aguarde um pouco",
        "spend_limit_reached": "o limite de gasto de hoje foi atingido",
        "voucher_refused": "esse cupom não é válido",
        "not_found": "não encontramos nenhuma chamada",
        "refused": "não é possível",
    },
}
