"""Addresses of orders: verb as resource."""

from django.urls import path

from anxin.orders.pages import apart, ask, board, card, change, hall, oversight, visits

app_name = "orders"
urlpatterns = [
    path("ask/", ask.ask, name="ask"),
    path("ask/<str:code>/", ask.ask_item, name="ask_item"),
    path("orders/", ask.mine, name="mine"),
    path("hall/", hall.hall, name="hall"),
    path("hall/live/", hall.hall_live, name="hall_live"),
    path("apart/", apart.listed, name="apart_list"),
    path("apart/<str:block_id>/lifting/", apart.lift, name="apart_lift"),
    path("desk/orders/", board.board, name="board"),
    path("oversight/orders/", oversight.orders, name="overseen"),
    path("oversight/orders/<str:number>/", oversight.order, name="overseen_one"),
    path("desk/warnings/", board.warnings, name="warnings"),
    path("orders/workers/<str:number>/card/", card.whole_card, name="whole_card"),
    path("orders/<str:number>/grab/", hall.grab, name="grab"),
    path("orders/<str:number>/acceptance/", hall.accept, name="accept"),
    path("orders/<str:number>/offer/", hall.offered, name="offered"),
    path("orders/<str:number>/card/confirmation/", card.agree, name="agree"),
    path("orders/<str:number>/card/refusal/", card.reject, name="reject"),
    path("orders/<str:number>/proposal/confirmation/", card.confirm, name="confirm_proposal"),
    path("orders/<str:number>/proposal/refusal/", card.decline, name="decline_proposal"),
    path("orders/<str:number>/cancellation/", change.cancel, name="cancel"),
    path("orders/<str:number>/apart/", apart.ask, name="apart"),
    path("orders/<str:number>/change/", change.move, name="move"),
    path("orders/<str:number>/again/", change.again, name="again"),
    path("changes/<str:change_id>/answer/", change.answer, name="answer_change"),
    path("changes/<str:change_id>/withdrawal/", change.take_back, name="take_back_change"),
    path("rules/cancellation/", change.published, name="cancel_rules"),
    path("visits/<str:visit_id>/contact/", visits.contact, name="contact"),
    path("visits/<str:visit_id>/departure/", visits.depart, name="depart"),
    path("visits/<str:visit_id>/arrival/", visits.arrive, name="arrive"),
    path("visits/<str:visit_id>/entry/", visits.entry, name="entry"),
    path("visits/<str:visit_id>/extras/", visits.extra, name="extra"),
    path("visits/<str:visit_id>/completion/", visits.finish, name="finish"),
    path("visits/<str:visit_id>/confirmation/", visits.confirm, name="confirm_visit"),
    path("steps/<str:step_id>/", visits.tick, name="tick"),
    path("steps/<str:step_id>/photos/", visits.photo, name="photo"),
    path("extras/<str:extra_id>/answer/", visits.answer_extra, name="answer_extra"),
    path("extras/<str:extra_id>/withdrawal/", visits.withdraw_extra, name="withdraw_extra"),
]
