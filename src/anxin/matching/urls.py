"""Addresses of choosing and ranking."""

from django.urls import path

from anxin.matching.pages import (
    batch,
    choosing,
    credit,
    dayplan,
    dayplan_views,
    finding,
    rolling,
    standing,
    weights,
)

app_name = "matching"
urlpatterns = [
    path("find/", finding.find, name="find"),
    path("find/choice/", finding.choose, name="choose"),
    path("find/results/", finding.results, name="results"),
    path("find/workers/", finding.workers, name="workers"),
    path("desk/dispatch/", choosing.board, name="board"),
    path("desk/dispatch/batches/", batch.batches, name="batches"),
    path("desk/dispatch/batches/<str:batch_id>/", batch.batch, name="batch"),
    path("desk/dispatch/batches/<str:batch_id>/progress/", batch.progress, name="batch_progress"),
    path("desk/dispatch/batches/<str:batch_id>/acceptances/", batch.accept, name="batch_accept"),
    path("desk/dispatch/rolling/", rolling.rollings, name="rollings"),
    path("desk/dispatch/rolling/<str:rolling_id>/", rolling.rolling, name="rolling"),
    path("desk/dispatch/rolling/<str:rolling_id>/progress/", rolling.progress, name="rolling_progress"),
    path("desk/dispatch/rolling/<str:rolling_id>/end/", rolling.end, name="rolling_end"),
    path("desk/dispatch/plans/", dayplan.plans, name="dayplans"),
    path("desk/dispatch/plans/<str:plan_id>/", dayplan.plan, name="dayplan"),
    path("desk/dispatch/plans/<str:plan_id>/progress/", dayplan.progress, name="dayplan_progress"),
    path("desk/dispatch/plans/<str:plan_id>/search/", dayplan.search, name="dayplan_search"),
    path("desk/dispatch/plans/<str:plan_id>/stop/", dayplan.stop, name="dayplan_stop"),
    path("desk/dispatch/plans/<str:plan_id>/drop/", dayplan.drop, name="dayplan_drop"),
    path("desk/dispatch/plans/<str:plan_id>/changes/", dayplan.changes, name="dayplan_changes"),
    path("desk/dispatch/plans/<str:plan_id>/publication/", dayplan.publish, name="dayplan_publish"),
    path("desk/dispatch/plans/<str:plan_id>/replan/", dayplan.replan, name="dayplan_replan"),
    path("desk/dispatch/plans/<str:plan_id>/visits/<str:order_id>/", dayplan.visit, name="dayplan_visit"),
    path(
        "desk/dispatch/plans/<str:plan_id>/visits/<str:order_id>/trial/",
        dayplan_views.trial,
        name="dayplan_trial",
    ),
    path("orders/<str:number>/candidates/", choosing.candidates, name="candidates"),
    path("orders/<str:number>/assignment/", choosing.propose, name="propose"),
    path("orders/<str:number>/assignment/withdrawal/", choosing.withdraw, name="withdraw"),
    path("standing/", standing.passed_over, name="passed_over"),
    path("orders/<str:number>/standing/", standing.standing, name="standing"),
    path("operator/credit/", credit.enter, name="credit"),
    path("desk/ranking/", weights.desk, name="weights"),
    path("desk/ranking/announcement/", weights.announce, name="announce"),
    path("rules/ranking/", weights.published, name="published"),
]
